using Berth.Oci;
using Berth.Server.Storage;

namespace Berth.Tests.Storage;

/// <summary>What every implementation of <see cref="IBlobStorage"/> does with uploads, and what the tests of its blobs need.</summary>
public abstract class UploadStorageContract
{
    private protected const string Id = "0123456789abcdef";
    private protected const string OtherId = "fedcba9876543210zyx";

    private protected abstract IBlobStorage Storage { get; }

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Room_that_is_there_is_granted() => Storage.EnsureRoom(1 << 20);

    [Fact]
    public async Task Appended_bytes_are_staged_one_behind_the_other()
    {
        using (var upload = await Storage.OpenUpload(Id, 0, Cancel))
        {
            Assert.Equal(0, upload.Offset);
            await upload.Append("ab"u8.ToArray(), Cancel);
            Assert.Equal(2, upload.Offset);
            await upload.Append("cde"u8.ToArray(), Cancel);
            Assert.Equal(5, upload.Offset);
            await upload.Flush(Cancel);
        }
        Assert.Equal(5, await Storage.UploadLength(Id, Cancel));
        Assert.Equal("abcde"u8.ToArray(), await ReadUpload(Id));
    }

    [Fact]
    public async Task Upload_goes_on_where_it_ended()
    {
        await Stage(Id, "abc"u8.ToArray());
        await Stage(Id, "def"u8.ToArray(), offset: 3);
        Assert.Equal("abcdef"u8.ToArray(), await ReadUpload(Id));
    }

    [Theory]
    [InlineData(0, "X")]
    [InlineData(2, "abX")]
    public async Task What_stands_behind_the_offset_is_cut_off(int offset, string left)
    {
        await Stage(Id, "abcdef"u8.ToArray());
        await Stage(Id, "X"u8.ToArray(), offset);
        Assert.Equal(left, System.Text.Encoding.ASCII.GetString(await ReadUpload(Id)));
    }

    [Fact]
    public async Task Opening_an_upload_cuts_off_even_if_nothing_is_appended()
    {
        await Stage(Id, "abcdef"u8.ToArray());
        using (await Storage.OpenUpload(Id, 4, Cancel))
            Assert.Equal(4, await Storage.UploadLength(Id, Cancel));
    }

    [Fact]
    public async Task Upload_with_fewer_bytes_than_the_offset_is_lost_and_keeps_what_it_has()
    {
        await Stage(Id, "abc"u8.ToArray());
        await Assert.ThrowsAsync<UploadLostException>(async () => await Storage.OpenUpload(Id, 4, Cancel));
        Assert.Equal("abc"u8.ToArray(), await ReadUpload(Id));
    }

    [Fact]
    public async Task Upload_of_which_nothing_is_staged_is_lost()
    {
        await Assert.ThrowsAsync<UploadLostException>(async () => await Storage.OpenUpload(Id, 1, Cancel));
        await Assert.ThrowsAsync<UploadLostException>(async () => await Storage.ReadUpload(Id, Cancel));
        Assert.Equal(-1, await Storage.UploadLength(Id, Cancel));
    }

    [Fact]
    public async Task Second_writer_is_turned_away_until_the_first_has_ended()
    {
        using (await Storage.OpenUpload(Id, 0, Cancel))
        {
            await Assert.ThrowsAsync<UploadBusyException>(async () => await Storage.OpenUpload(Id, 0, Cancel));
            using var other = await Storage.OpenUpload(OtherId, 0, Cancel);
        }
        using var next = await Storage.OpenUpload(Id, 0, Cancel);
        Assert.Equal(0, next.Offset);
    }

    [Fact]
    public async Task Upload_that_a_writer_has_open_can_be_read_but_not_committed()
    {
        using (var upload = await Storage.OpenUpload(Id, 0, Cancel))
        {
            await upload.Append("abc"u8.ToArray(), Cancel);
            await upload.Flush(Cancel);
            using var reader = await Storage.ReadUpload(Id, Cancel);
            Assert.Equal("abc"u8.ToArray(), await ReadAll(reader));
            await Assert.ThrowsAsync<UploadBusyException>(() => Storage.CommitUpload(Id, 3, DigestOf("abc"u8)));
            await upload.Append("d"u8.ToArray(), Cancel);
        }
        var location = await Storage.CommitUpload(Id, 4, DigestOf("abcd"u8));
        Assert.Equal("abcd"u8.ToArray(), await ReadBlob(DigestOf("abcd"u8), location));
    }

    [Fact]
    public async Task Deleted_upload_is_gone_and_may_be_deleted_again()
    {
        await Stage(Id, "abc"u8.ToArray());
        await Storage.DeleteUpload(Id, Cancel);
        Assert.Equal(-1, await Storage.UploadLength(Id, Cancel));
        await Storage.DeleteUpload(Id, Cancel);
        Assert.Empty(await Storage.ListUploads().ToListAsync(Cancel));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("0123456789abcde")]
    [InlineData("0123456789abcdeF")]
    [InlineData("0123456789abcde/")]
    [InlineData("../0123456789abcdef")]
    [InlineData("0123456789abcdef\0")]
    [InlineData("0123456789abcdef\n")]
    [InlineData("0123456789abcdé0")]
    [InlineData("00000000001111111111222222222233333333334444444444555555555566666")]
    public async Task Id_of_another_form_is_refused(string id)
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await Storage.OpenUpload(id, 0, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Storage.ReadUpload(id, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Storage.UploadLength(id, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Storage.DeleteUpload(id, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Storage.CommitUpload(id, 0, DigestOf(""u8)));
        Assert.Empty(await Storage.ListUploads().ToListAsync(Cancel));
    }

    [Fact]
    public async Task Longest_id_is_taken()
    {
        var id = new string('z', 64);
        await Stage(id, "abc"u8.ToArray());
        Assert.Equal([id], await Storage.ListUploads().ToListAsync(Cancel));
    }

    private protected static Digest DigestOf(ReadOnlySpan<byte> content) => Digest.Of(DigestAlgorithm.Sha256, content);

    private protected async Task Stage(string id, byte[] content, long offset = 0)
    {
        using var upload = await Storage.OpenUpload(id, offset, Cancel);
        await upload.Append(content, Cancel);
        await upload.Flush(Cancel);
    }

    private protected async Task<(Digest Digest, string Location)> Commit(byte[] content)
    {
        await Stage(Id, content);
        return (DigestOf(content), await Storage.CommitUpload(Id, content.Length, DigestOf(content)));
    }

    private protected async Task<byte[]> ReadBlob(Digest digest, string location)
    {
        using var reader = await Storage.OpenBlob(digest, location, Cancel);
        Assert.NotNull(reader);
        return await ReadAll(reader);
    }

    private protected async Task<byte[]> ReadUpload(string id)
    {
        using var reader = await Storage.ReadUpload(id, Cancel);
        return await ReadAll(reader);
    }

    private protected static async Task<byte[]> ReadAll(IBlobReader reader)
    {
        var content = new byte[reader.Length];
        for (var at = 0; at < content.Length;)
        {
            var read = await reader.Read(content.AsMemory(at, Math.Min(60_001, content.Length - at)), at, Cancel);
            Assert.NotEqual(0, read);
            at += read;
        }
        return content;
    }
}
