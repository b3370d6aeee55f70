using System.Buffers.Binary;
using System.Security.Cryptography;
using Berth.Server.Storage;
using CsCheck;

namespace Berth.Tests.Storage;

public sealed class ResumableSha256Tests
{
    // Contents around the block size of 64 as well as of many blocks, each chunk with or without a move to another process before it.
    private static readonly Gen<(byte[] Chunk, bool Move)[]> Chunks =
        Gen.Select(Gen.OneOf(Gen.Byte.Array[0, 130], Gen.Byte.Array[0, 5000]), Gen.Bool).Array[0, 12];

    [Fact]
    public void Hash_is_that_of_the_whole_whatever_the_chunks_and_moves() => Chunks.Sample(chunks =>
    {
        var hash = new ResumableSha256();
        foreach (var (chunk, move) in chunks)
        {
            if (move)
                hash = ResumableSha256.TryImport(hash.Export())!;
            hash.Append(chunk);
        }
        var whole = chunks.SelectMany(chunk => chunk.Chunk).ToArray();
        return hash.CanExport && hash.Length == whole.Length && hash.Finish().SequenceEqual(SHA256.HashData(whole));
    });

    [Fact]
    public void Hash_is_right_without_the_library_too_but_is_not_exported() => Chunks.Sample(chunks =>
    {
        using var hash = new ResumableSha256(exportable: false);
        foreach (var (chunk, _) in chunks)
            hash.Append(chunk);
        var whole = chunks.SelectMany(chunk => chunk.Chunk).ToArray();
        return !hash.CanExport && hash.Export() is null && hash.Length == whole.Length
            && hash.Finish().SequenceEqual(SHA256.HashData(whole));
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Appending_goes_on_after_a_finish(bool exportable)
    {
        using var hash = new ResumableSha256(exportable);
        hash.Append("ab"u8);
        Assert.Equal(SHA256.HashData("ab"u8), hash.Finish());
        hash.Append("c"u8);
        Assert.Equal(SHA256.HashData("abc"u8), hash.Finish());
    }

    [Fact]
    public void Two_imports_of_one_export_go_their_own_ways()
    {
        using var hash = new ResumableSha256();
        hash.Append("a"u8);
        var exported = hash.Export()!;
        using var one = ResumableSha256.TryImport(exported)!;
        using var other = ResumableSha256.TryImport(exported)!;
        one.Append("b"u8);
        other.Append("c"u8);
        Assert.Equal(SHA256.HashData("ab"u8), one.Finish());
        Assert.Equal(SHA256.HashData("ac"u8), other.Finish());
        Assert.Equal(SHA256.HashData("a"u8), hash.Finish());
    }

    [Fact]
    public void State_beyond_four_gibibits_keeps_its_length()
    {
        // 513 MiB: the bit count leaves its lower 32-bit word.
        var chunk = new byte[1 << 20];
        using var expected = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var hash = new ResumableSha256();
        for (var count = 0; count < 513; count++)
        {
            expected.AppendData(chunk);
            hash.Append(chunk);
        }
        hash = ResumableSha256.TryImport(hash.Export())!;
        Assert.Equal(513L << 20, hash.Length);
        Assert.Equal(expected.GetCurrentHash(), hash.Finish());
    }

    [Fact]
    public void Export_of_another_form_is_not_imported()
    {
        using var hash = new ResumableSha256();
        hash.Append(new byte[100]);
        var sound = hash.Export()!;
        Assert.NotNull(ResumableSha256.TryImport(sound));
        Assert.Null(ResumableSha256.TryImport([]));
        Assert.Null(ResumableSha256.TryImport(sound.AsSpan(1)));
        Assert.Null(ResumableSha256.TryImport([.. sound, 0]));
        Assert.Null(ResumableSha256.TryImport(With(sound, at: 0, 2)));
        Assert.Null(ResumableSha256.TryImport(With(sound, at: 33, 1)));
    }

    [Theory]
    [InlineData(35)]
    [InlineData(64)]
    [InlineData(int.MaxValue)]
    public void State_with_a_wrong_number_of_pending_bytes_never_reaches_the_library(int pending)
    {
        using var hash = new ResumableSha256();
        hash.Append(new byte[100]);
        var exported = hash.Export()!;
        Assert.Equal(36, BinaryPrimitives.ReadInt32LittleEndian(exported.AsSpan(105)));
        BinaryPrimitives.WriteInt32LittleEndian(exported.AsSpan(105), pending);
        Assert.Null(ResumableSha256.TryImport(exported));
    }

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        var changed = bytes.ToArray();
        changed[at] = value;
        return changed;
    }
}
