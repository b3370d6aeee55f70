using Berth.Server.Storage;

namespace Berth.Tests.Storage;

/// <summary>Without an order the store keeps the contract; with one it fails as it was told, and only so.</summary>
public sealed class FaultInjectingStorageTests : BlobStorageContract, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly DiskStorage _disk;
    private readonly FaultInjectingStorage _storage;

    public FaultInjectingStorageTests()
    {
        _disk = new DiskStorage(_directory.Path, 0, TimeProvider.System);
        _storage = new FaultInjectingStorage(_disk);
    }

    private protected override IBlobStorage Storage => _storage;

    public void Dispose()
    {
        _disk.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Append_fails_after_the_ordered_number_until_healed()
    {
        _storage.Fail(StorageOperation.Append, with: Fault.NoSpace, after: 2);
        await Stage(Id, "a"u8.ToArray());
        await Stage(Id, "b"u8.ToArray(), 1);
        for (var attempt = 0; attempt < 2; attempt++)
            await Assert.ThrowsAsync<StorageFullException>(() => Stage(Id, "c"u8.ToArray(), 2));
        _storage.Heal();
        await Stage(Id, "c"u8.ToArray(), 2);
        Assert.Equal("abc"u8.ToArray(), await ReadUpload(Id));
        Assert.Equal(5, _storage.Count(StorageOperation.Append));
    }

    [Fact]
    public async Task Fault_ordered_for_a_number_of_times_ends_by_itself()
    {
        _storage.Fail(StorageOperation.OpenUpload, Fault.InputOutputError, times: 1);
        await Assert.ThrowsAsync<IOException>(() => Stage(Id, "a"u8.ToArray()));
        await Stage(Id, "a"u8.ToArray());
    }

    [Fact]
    public async Task Fault_ordered_for_one_upload_spares_the_others()
    {
        _storage.Fail(StorageOperation.Append, Fault.InputOutputError, when: id => id == OtherId);
        await Stage(Id, "a"u8.ToArray());
        await Assert.ThrowsAsync<IOException>(() => Stage(OtherId, "a"u8.ToArray()));
    }

    [Fact]
    public async Task Torn_write_leaves_half_of_the_bytes_behind_the_offset()
    {
        _storage.Fail(StorageOperation.Append, Fault.TornWrite, after: 1);
        using (var upload = await Storage.OpenUpload(Id, 0, Cancel))
        {
            await upload.Append("abcd"u8.ToArray(), Cancel);
            await Assert.ThrowsAsync<IOException>(async () => await upload.Append("efgh"u8.ToArray(), Cancel));
            Assert.Equal(4, upload.Offset);
        }
        Assert.Equal("abcdef"u8.ToArray(), await ReadUpload(Id));
        _storage.Heal();
        await Stage(Id, "EFGH"u8.ToArray(), 4);
        Assert.Equal("abcdEFGH"u8.ToArray(), await ReadUpload(Id));
    }

    [Fact]
    public async Task Room_that_is_left_is_filled_to_the_last_byte()
    {
        _storage.LeaveRoom(6);
        Storage.EnsureRoom(6);
        await Stage(Id, "abcd"u8.ToArray());
        Assert.Throws<StorageFullException>(() => Storage.EnsureRoom(3));
        await Assert.ThrowsAsync<StorageFullException>(() => Stage(Id, "efgh"u8.ToArray(), 4));
        Assert.Equal("abcdef"u8.ToArray(), await ReadUpload(Id));
        _storage.Heal();
        Storage.EnsureRoom(3);
        await Stage(Id, "efgh"u8.ToArray(), 4);
    }

    [Fact]
    public async Task Commit_whose_sync_fails_loses_the_upload_and_makes_no_blob()
    {
        await Stage(Id, "abc"u8.ToArray());
        _storage.Fail(StorageOperation.CommitUpload, Fault.InputOutputError);
        await Assert.ThrowsAsync<IOException>(() => Storage.CommitUpload(Id, 3, DigestOf("abc"u8)));
        _storage.Heal();
        await Assert.ThrowsAsync<UploadLostException>(() => Storage.CommitUpload(Id, 3, DigestOf("abc"u8)));
        Assert.Empty(await Storage.ListBlobs().ToListAsync(Cancel));
    }

    [Fact]
    public async Task Commit_on_a_full_disk_can_be_repeated_when_there_is_room()
    {
        await Stage(Id, "abc"u8.ToArray());
        _storage.Fail(StorageOperation.CommitUpload, Fault.NoSpace, times: 1);
        await Assert.ThrowsAsync<StorageFullException>(() => Storage.CommitUpload(Id, 3, DigestOf("abc"u8)));
        await Storage.CommitUpload(Id, 3, DigestOf("abc"u8));
    }

    [Fact]
    public async Task Commit_that_was_done_but_failed_leaves_a_blob_and_no_upload()
    {
        await Stage(Id, "abc"u8.ToArray());
        _storage.Fail(StorageOperation.CommitUpload, Fault.DoneButFailed);
        await Assert.ThrowsAsync<IOException>(() => Storage.CommitUpload(Id, 3, DigestOf("abc"u8)));
        Assert.Equal(DigestOf("abc"u8), Assert.Single(await Storage.ListBlobs().ToListAsync(Cancel)).Digest);
        Assert.Equal(-1, await Storage.UploadLength(Id, Cancel));
    }

    [Fact]
    public async Task Read_and_open_fail_for_the_ordered_blob()
    {
        var (digest, location) = await Commit("abc"u8.ToArray());
        _storage.Fail(StorageOperation.Read, Fault.InputOutputError, after: 1, when: subject => subject == digest.ToString());
        using var reader = await Storage.OpenBlob(digest, location, Cancel);
        Assert.Equal(1, await reader!.Read(new byte[1], 0, Cancel));
        await Assert.ThrowsAsync<IOException>(async () => await reader.Read(new byte[1], 1, Cancel));
        _storage.Fail(StorageOperation.OpenBlob, Fault.InputOutputError);
        await Assert.ThrowsAsync<IOException>(async () => await Storage.OpenBlob(digest, location, Cancel));
    }

    [Fact]
    public void Every_operation_can_fail_and_is_counted()
    {
        foreach (var operation in Enum.GetValues<StorageOperation>())
        {
            _storage.Fail(operation, Fault.InputOutputError);
            Assert.Throws<IOException>(() => _storage.ThrowIfDue(operation, ""));
            Assert.Equal(1, _storage.Count(operation));
        }
    }

    [Fact]
    public void Fault_that_makes_no_sense_is_refused()
    {
        Assert.Throws<ArgumentException>(() => _storage.Fail(StorageOperation.Read, Fault.TornWrite));
        Assert.Throws<ArgumentException>(() => _storage.Fail(StorageOperation.OpenBlob, Fault.DoneButFailed));
    }

    [Fact]
    public async Task Switchboard_loses_no_count_under_many_threads()
    {
        _storage.Fail(StorageOperation.UploadLength, Fault.InputOutputError, after: 500, times: 300);
        var failed = 0;
        await Parallel.ForAsync(0, 1000, Cancel, async (_, token) =>
        {
            try
            {
                await Storage.UploadLength(Id, token);
            }
            catch (IOException)
            {
                Interlocked.Increment(ref failed);
            }
        });
        Assert.Equal(300, failed);
        Assert.Equal(1000, _storage.Count(StorageOperation.UploadLength));
    }
}
