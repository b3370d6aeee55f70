using System.Security.Cryptography;
using Berth.Oci;
using Berth.Server.Storage;

namespace Berth.Tests.Storage;

/// <summary>What every implementation of <see cref="IBlobStorage"/> does. A new one derives a class from this.</summary>
public abstract class BlobStorageContract : UploadStorageContract
{
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
}
