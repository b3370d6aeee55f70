using System.Runtime.Versioning;
using Berth.Server.Storage;

namespace Berth.Tests.Storage;

public sealed class DiskStorageTests : BlobStorageContract, IDisposable
{
    // A device that answers each write with ENOSPC, and a file system that is not that of the tests' directory.
    private const string FullDevice = "/dev/full";
    private const string OtherFileSystem = "/dev/shm";

    private const int InputOutputError = 5;

    private readonly TemporaryDirectory _directory = new();
    private readonly DiskStorage _storage;

    public DiskStorageTests() => _storage = new DiskStorage(_directory.Path, 0, TimeProvider.System);

    private protected override IBlobStorage Storage => _storage;

    public void Dispose()
    {
        _storage.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Blob_lies_where_distribution_looks_for_it()
    {
        await Commit("hello"u8.ToArray());
        const string Hex = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        Assert.Equal("hello", await File.ReadAllTextAsync(_directory[$"docker/registry/v2/blobs/sha256/2c/{Hex}/data"], Cancel));
        await Stage(Id, "hello"u8.ToArray());
        Assert.Equal("hello", await File.ReadAllTextAsync(_directory[$"uploads/{Id}"], Cancel));
    }

    [Fact]
    public async Task Folder_of_an_existing_registry_is_adopted_and_what_is_no_blob_is_passed_over()
    {
        var digest = DigestOf("adopted"u8);
        var blobs = _directory["docker/registry/v2/blobs/sha256"];
        string[] names = [$"{digest.Hex[..2]}/{digest.Hex}", "zz/junk", $"ff/{DigestOf("misplaced"u8).Hex}", $"{digest.Hex[..2]}/UPPER"];
        foreach (var name in names)
            await File.WriteAllTextAsync($"{Directory.CreateDirectory($"{blobs}/{name}").FullName}/data", "adopted", Cancel);
        Directory.CreateDirectory($"{blobs}/00/00{new string('0', 62)}");
        await File.WriteAllTextAsync(_directory["uploads/README"], "", Cancel);

        using var restarted = new DiskStorage(_directory.Path, 0, TimeProvider.System);
        Assert.Equal([(digest, "", 7L)], await restarted.ListBlobs().ToListAsync(Cancel));
        Assert.Empty(await restarted.ListUploads().ToListAsync(Cancel));
        Assert.Equal("adopted"u8.ToArray(), await ReadBlob(digest, ""));
    }

    [Fact]
    public async Task Restart_finds_blobs_and_uploads_again()
    {
        var (digest, location) = await Commit("abc"u8.ToArray());
        await Stage(Id, "half"u8.ToArray());
        using var restarted = new DiskStorage(_directory.Path, 0, TimeProvider.System);
        using (var upload = await restarted.OpenUpload(Id, 4, Cancel))
            Assert.Equal(4, upload.Offset);
        using var reader = await restarted.OpenBlob(digest, location, Cancel);
        Assert.Equal(3, reader!.Length);
    }

    [Fact]
    public async Task Delete_takes_the_blobs_directory_along()
    {
        var (digest, location) = await Commit("abc"u8.ToArray());
        var directory = _directory[$"docker/registry/v2/blobs/sha256/{digest.Hex[..2]}/{digest.Hex}"];
        Assert.True(Directory.Exists(directory));
        await _storage.DeleteBlob(digest, location, Cancel);
        Assert.False(Directory.Exists(directory));
    }

    [Fact]
    public async Task Commit_makes_the_directories_again_that_a_clean_up_removed()
    {
        Directory.Delete(_directory["docker"], recursive: true);
        var (digest, location) = await Commit("abc"u8.ToArray());
        Assert.Equal("abc"u8.ToArray(), await ReadBlob(digest, location));
    }

    [Fact]
    public async Task Full_disk_at_an_append_is_told_and_leaves_the_offset()
    {
        File.CreateSymbolicLink(_directory[$"uploads/{Id}"], FullDevice);
        using var upload = await _storage.OpenUpload(Id, 0, Cancel);
        await Assert.ThrowsAsync<StorageFullException>(async () => await upload.Append("abc"u8.ToArray(), Cancel));
        Assert.Equal(0, upload.Offset);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await upload.Append("abc"u8.ToArray(), Cancel));
    }

    [Fact]
    public async Task Sync_that_fails_drops_the_staged_bytes_so_that_no_second_one_passes()
    {
        using var failing = WithFailingSync(InputOutputError);
        await Stage(Id, "abc"u8.ToArray());
        await Assert.ThrowsAsync<IOException>(() => failing.CommitUpload(Id, 3, DigestOf("abc"u8)));
        await Assert.ThrowsAsync<UploadLostException>(() => _storage.CommitUpload(Id, 3, DigestOf("abc"u8)));
        Assert.Null(await _storage.OpenBlob(DigestOf("abc"u8), "", Cancel));
    }

    [Theory]
    [InlineData(28)]
    [InlineData(122)]
    public async Task Sync_that_finds_no_space_or_quota_is_told_as_full(int error)
    {
        using var failing = WithFailingSync(error);
        await Stage(Id, "abc"u8.ToArray());
        await Assert.ThrowsAsync<StorageFullException>(() => failing.CommitUpload(Id, 3, DigestOf("abc"u8)));
    }

    [Fact]
    public async Task Blob_appears_only_after_its_bytes_are_synced()
    {
        var digest = DigestOf("abc"u8);
        var path = _directory[$"docker/registry/v2/blobs/sha256/{digest.Hex[..2]}/{digest.Hex}/data"];
        var syncs = new List<(long Length, bool BlobIsThere)>();
        using var watched = new DiskStorage(_directory.Path, 0, TimeProvider.System)
        {
            SyncFile = file => syncs.Add((RandomAccess.GetLength(file), File.Exists(path))),
        };
        await Stage(Id, "abc and more"u8.ToArray());
        await watched.CommitUpload(Id, 3, digest);
        Assert.Equal([(3L, false)], syncs);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task Reserve_stops_an_upload_that_grows_into_it()
    {
        using var full = new DiskStorage(_directory["other"], long.MaxValue / 2, TimeProvider.System);
        var fault = Assert.Throws<StorageFullException>(() => full.EnsureRoom(1));
        Assert.Contains("MinimumFreeSpace", fault.Message, StringComparison.Ordinal);

        using var upload = await full.OpenUpload(Id, 0, Cancel);
        var chunk = new byte[1 << 20];
        await Assert.ThrowsAsync<StorageFullException>(async () =>
        {
            for (var chunks = 0; chunks < 16; chunks++)
                await upload.Append(chunk, Cancel);
        });
        Assert.Equal(8 << 20, upload.Offset);
    }

    [Fact]
    public async Task Full_disk_does_not_hinder_reading_and_deleting()
    {
        var (digest, location) = await Commit("abc"u8.ToArray());
        using var full = new DiskStorage(_directory.Path, long.MaxValue / 2, TimeProvider.System);
        using (var reader = await full.OpenBlob(digest, location, Cancel))
            Assert.Equal(3, reader!.Length);
        await full.DeleteBlob(digest, location, Cancel);
        Assert.Empty(await full.ListBlobs().ToListAsync(Cancel));
    }

    [Fact]
    public void Start_refuses_blobs_on_another_file_system_than_uploads()
    {
        Assert.SkipUnless(Directory.Exists(OtherFileSystem), "There is no second file system to try it with.");
        var elsewhere = Directory.CreateDirectory($"{OtherFileSystem}/berth-{Guid.NewGuid():N}").FullName;
        try
        {
            var root = Directory.CreateDirectory(_directory["split"]).FullName;
            Directory.CreateSymbolicLink($"{root}/docker", elsewhere);
            var fault = Assert.Throws<IOException>(() => new DiskStorage(root, 0, TimeProvider.System));
            Assert.Contains("one file system", fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void New_root_is_closed_to_other_users()
    {
        using var storage = new DiskStorage(_directory["a/b"], 0, TimeProvider.System);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_directory["a/b"]));
    }

    private DiskStorage WithFailingSync(int error) =>
        new(_directory.Path, 0, TimeProvider.System) { SyncFile = _ => throw new IOException("The disk fails.", error) };
}
