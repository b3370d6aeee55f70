using System.Security.Cryptography;
using Berth.Oci;
using Berth.Server.Storage;

namespace Berth.Tests.Storage;

/// <summary>What every implementation of <see cref="IBlobStorage"/> does. A new one derives a class from this.</summary>
public abstract class BlobStorageContract
{
    private protected const string Id = "0123456789abcdef";
    private protected const string OtherId = "fedcba9876543210zyx";

    private protected abstract IBlobStorage Storage { get; }

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Committed_object_is_read_by_its_location_and_is_no_blob_and_no_upload()
    {
        await Stage(Id, "abcdef"u8.ToArray());
        var location = await Storage.CommitObject(Id, 4);
        using (var reader = await Storage.OpenObject(location, Cancel))
        {
            var bytes = new byte[10];
            Assert.Equal(4, reader!.Length);
            Assert.Equal(4, await reader.Read(bytes, 0, Cancel));
            Assert.Equal("abcd"u8.ToArray(), bytes[..4]);
        }
        Assert.Equal(-1, await Storage.UploadLength(Id, Cancel));
        Assert.Empty(await Storage.ListBlobs().ToListAsync(Cancel));
    }

    [Fact]
    public async Task Deleted_object_is_gone_and_may_be_deleted_again()
    {
        await Stage(Id, "abc"u8.ToArray());
        var location = await Storage.CommitObject(Id, 3);
        await Storage.DeleteObject(location, Cancel);
        await Storage.DeleteObject(location, Cancel);
        Assert.Null(await Storage.OpenObject(location, Cancel));
    }

    [Fact]
    public async Task Object_with_fewer_staged_bytes_than_its_length_is_lost()
    {
        await Stage(Id, "abc"u8.ToArray());
        await Assert.ThrowsAsync<UploadLostException>(() => Storage.CommitObject(Id, 4));
        await Assert.ThrowsAsync<UploadLostException>(() => Storage.CommitObject(OtherId, 0));
    }

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

    [Fact]
    public async Task Commit_makes_a_blob_and_leaves_no_upload()
    {
        var (digest, location) = await Commit("hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), await ReadBlob(digest, location));
        Assert.Equal(-1, await Storage.UploadLength(Id, Cancel));
        Assert.Empty(await Storage.ListUploads().ToListAsync(Cancel));
        await Assert.ThrowsAsync<UploadLostException>(() => Storage.CommitUpload(Id, 5, digest));
    }

    [Fact]
    public async Task Commit_that_was_cut_off_after_the_blob_was_made_can_be_ended()
    {
        var (digest, location) = await Commit("hello"u8.ToArray());
        Assert.Equal(location, await Storage.ResumeCommit(Id, 5, digest));
        Assert.Equal("hello"u8.ToArray(), await ReadBlob(digest, location));
    }

    [Fact]
    public async Task Commit_that_made_no_blob_yet_is_not_ended()
    {
        await Stage(Id, "hello"u8.ToArray());
        var digest = DigestOf("hello"u8);
        Assert.Null(await Storage.ResumeCommit(Id, 5, digest));
        var location = await Storage.CommitUpload(Id, 5, digest);
        Assert.Null(await Storage.ResumeCommit(Id, 4, digest));
        await Storage.DeleteBlob(digest, location, Cancel);
        Assert.Null(await Storage.ResumeCommit(Id, 5, digest));
    }

    [Fact]
    public async Task Commit_takes_only_the_length_it_is_told()
    {
        await Stage(Id, "hello, and what a torn request left"u8.ToArray());
        var location = await Storage.CommitUpload(Id, 5, DigestOf("hello"u8));
        Assert.Equal("hello"u8.ToArray(), await ReadBlob(DigestOf("hello"u8), location));
    }

    [Fact]
    public async Task Commit_of_more_than_is_staged_is_lost_and_makes_no_blob()
    {
        await Stage(Id, "hell"u8.ToArray());
        await Assert.ThrowsAsync<UploadLostException>(() => Storage.CommitUpload(Id, 5, DigestOf("hello"u8)));
        Assert.Empty(await Storage.ListBlobs().ToListAsync(Cancel));
    }

    [Fact]
    public async Task Commit_replaces_a_blob_and_a_reader_of_the_old_one_reads_on()
    {
        // The digest is the caller's word, so a damaged blob is easily made.
        await Stage(OtherId, "dAmaged"u8.ToArray());
        var digest = DigestOf("damaged"u8);
        var old = await Storage.CommitUpload(OtherId, 7, digest);
        using var reader = await Storage.OpenBlob(digest, old, Cancel);
        var (_, location) = await Commit("damaged"u8.ToArray());
        Assert.Equal("damaged"u8.ToArray(), await ReadBlob(digest, location));
        Assert.Equal("dAmaged"u8.ToArray(), await ReadAll(reader!));
    }

    [Fact]
    public async Task Uploads_of_one_content_committed_at_once_all_succeed()
    {
        var content = RandomNumberGenerator.GetBytes(10_000);
        var ids = Enumerable.Range(0, 24).Select(number => $"{Id}{number}").ToList();
        foreach (var id in ids)
            await Stage(id, content);
        var locations = await Task.WhenAll(ids.Select(id => Storage.CommitUpload(id, content.Length, DigestOf(content))));
        foreach (var location in locations)
            Assert.Equal(content, await ReadBlob(DigestOf(content), location));
    }

    [Fact]
    public async Task Empty_blob_is_a_blob()
    {
        var (digest, location) = await Commit([]);
        using var reader = await Storage.OpenBlob(digest, location, Cancel);
        Assert.NotNull(reader);
        Assert.Equal(0, reader.Length);
        Assert.Equal(0, await reader.Read(new byte[1], 0, Cancel));
    }

    [Fact]
    public async Task Blob_that_is_not_there_opens_as_null() =>
        Assert.Null(await Storage.OpenBlob(DigestOf("nothing"u8), "", Cancel));

    [Theory]
    [InlineData(0, 3, "abc")]
    [InlineData(4, 2, "ef")]
    [InlineData(4, 100, "efgh")]
    [InlineData(8, 1, "")]
    [InlineData(1000, 1, "")]
    public async Task Blob_reads_at_any_offset_up_to_its_end(int offset, int count, string expected)
    {
        var (digest, location) = await Commit("abcdefgh"u8.ToArray());
        using var reader = await Storage.OpenBlob(digest, location, Cancel);
        Assert.Equal(8, reader!.Length);
        var buffer = new byte[count];
        var read = await reader.Read(buffer, offset, Cancel);
        Assert.Equal(expected, System.Text.Encoding.ASCII.GetString(buffer, 0, read));
    }

    [Fact]
    public async Task Read_that_was_cancelled_reads_nothing()
    {
        var (digest, location) = await Commit("abc"u8.ToArray());
        using var reader = await Storage.OpenBlob(digest, location, Cancel);
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reader!.Read(new byte[3], 0, cancelled));
    }

    [Fact]
    public async Task Big_blob_in_odd_chunks_and_several_requests_comes_back_as_it_was()
    {
        var content = new byte[20 * 1024 * 1024 + 17];
        new Random(1).NextBytes(content);
        var random = new Random(2);
        for (var at = 0; at < content.Length;)
        {
            using var upload = await Storage.OpenUpload(Id, at, Cancel);
            for (var chunks = 0; chunks < 40 && at < content.Length; chunks++)
            {
                var length = Math.Min(random.Next(1, 200_000), content.Length - at);
                await upload.Append(content.AsMemory(at, length), Cancel);
                at += length;
            }
            await upload.Flush(Cancel);
        }
        var location = await Storage.CommitUpload(Id, content.Length, DigestOf(content));
        Assert.Equal(DigestOf(content), DigestOf(await ReadBlob(DigestOf(content), location)));
    }

    [Fact]
    public async Task Sha512_blob_is_kept_beside_the_sha256_one_of_the_same_content()
    {
        var (sha256, location256) = await Commit("same"u8.ToArray());
        await Stage(Id, "same"u8.ToArray());
        var sha512 = Digest.Of(DigestAlgorithm.Sha512, "same"u8);
        var location512 = await Storage.CommitUpload(Id, 4, sha512);
        await Storage.DeleteBlob(sha256, location256, Cancel);
        Assert.Null(await Storage.OpenBlob(sha256, location256, Cancel));
        Assert.Equal("same"u8.ToArray(), await ReadBlob(sha512, location512));
    }

    [Fact]
    public async Task Lists_name_all_blobs_and_all_uploads()
    {
        var one = await Commit("one"u8.ToArray());
        var three = await Commit("three"u8.ToArray());
        await Stage(Id, "x"u8.ToArray());
        await Stage(OtherId, []);
        var blobs = await Storage.ListBlobs().ToListAsync(Cancel);
        Assert.Equal(2, blobs.Count);
        Assert.Contains((one.Digest, one.Location, 3L), blobs);
        Assert.Contains((three.Digest, three.Location, 5L), blobs);
        Assert.Equal([Id, OtherId], (await Storage.ListUploads().ToListAsync(Cancel)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Committed_blob_without_a_row_is_found_by_the_list()
    {
        var (digest, location) = await Commit("the process ended before the database knew"u8.ToArray());
        var found = Assert.Single(await Storage.ListBlobs().ToListAsync(Cancel));
        Assert.Equal((digest, location, 42), found);
        await Storage.DeleteBlob(found.Digest, found.Location, Cancel);
        Assert.Empty(await Storage.ListBlobs().ToListAsync(Cancel));
    }

    [Fact]
    public async Task Deleted_blob_is_gone_for_all_but_its_readers_and_may_be_deleted_again()
    {
        var (digest, location) = await Commit("abc"u8.ToArray());
        using var reader = await Storage.OpenBlob(digest, location, Cancel);
        await Storage.DeleteBlob(digest, location, Cancel);
        Assert.Null(await Storage.OpenBlob(digest, location, Cancel));
        Assert.Equal("abc"u8.ToArray(), await ReadAll(reader!));
        await Storage.DeleteBlob(digest, location, Cancel);
    }

    [Fact]
    public async Task Deleted_blob_can_be_pushed_again()
    {
        var (digest, location) = await Commit("abc"u8.ToArray());
        await Storage.DeleteBlob(digest, location, Cancel);
        (_, location) = await Commit("abc"u8.ToArray());
        Assert.Equal("abc"u8.ToArray(), await ReadBlob(digest, location));
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

    private static async Task<byte[]> ReadAll(IBlobReader reader)
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
