using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Berth.Server.Distribution;

/// <summary>An upload under way that has no row.</summary>
/// <param name="Session">As its row would be; <see cref="UploadSession.IsHeld"/>.</param>
/// <param name="RepositoryId">Where it goes.</param>
/// <param name="Subject">The credential that opened it.</param>
/// <param name="ExpiresAt">In microseconds since 1970.</param>
internal sealed record HeldUpload(UploadSession Session, long RepositoryId, string Subject, long ExpiresAt)
{
    /// <summary>What <see cref="Write"/> fills: sha256 of the rest, format, lengths, three numbers, id, hash state and subject.</summary>
    public const int Bytes = 512;

    private const byte Format = 1;

    private static readonly Range Sum = ..32;
    private static readonly Range Summed = 32..;
    private static readonly Range Id = 64..96;
    private static readonly Range HashState = 96..256;
    private static readonly Range SubjectText = 256..;

    /// <param name="slot">Of <see cref="Bytes"/>.</param>
    /// <exception cref="ArgumentException">The name of the credential, a kind and a number, is longer than 255 bytes.</exception>
    public void Write(Span<byte> slot)
    {
        slot.Clear();
        slot[32] = Format;
        slot[33] = (byte)(Session.HashState?.Length ?? 0);
        slot[34] = (byte)Encoding.UTF8.GetBytes(Subject, slot[SubjectText][..byte.MaxValue]);
        BinaryPrimitives.WriteInt64LittleEndian(slot[40..], RepositoryId);
        BinaryPrimitives.WriteInt64LittleEndian(slot[48..], ExpiresAt);
        BinaryPrimitives.WriteInt64LittleEndian(slot[56..], Session.Received);
        Encoding.ASCII.GetBytes(Session.Id, slot[Id]);
        Session.HashState?.CopyTo(slot[HashState]);
        SHA256.HashData(slot[Summed], slot[Sum]);
    }

    /// <summary>Null if the slot is free, or was half written when the power went, or was written by another version.</summary>
    public static HeldUpload? TryRead(ReadOnlySpan<byte> slot)
    {
        Span<byte> sum = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(slot[Summed], sum);
        if (!sum.SequenceEqual(slot[Sum]) || slot[32] != Format)
            return null;
        var state = slot[33] == 0 ? null : slot[HashState][..slot[33]].ToArray();
        var received = BinaryPrimitives.ReadInt64LittleEndian(slot[56..]);
        return new HeldUpload(
            UploadSession.New(Encoding.ASCII.GetString(slot[Id])) with { Received = received, HashState = state, IsHeld = true },
            BinaryPrimitives.ReadInt64LittleEndian(slot[40..]),
            Encoding.UTF8.GetString(slot[SubjectText][..slot[34]]),
            BinaryPrimitives.ReadInt64LittleEndian(slot[48..]));
    }
}
