using System.Collections.Concurrent;
using Berth.Oci;
using Microsoft.Win32.SafeHandles;

namespace Berth.Server.Storage;

/// <summary>Blobs as files below one directory, laid out as distribution does. The order of its steps is in this folder's README.</summary>
internal sealed class DiskStorage : IBlobStorage, IDisposable
{
    // A disk gains nothing from more syncs at once: a journal commit takes all that wait for it.
    private const int SyncThreads = 16;

    // A blob's digest says where its file is.
    private const string OnlyLocation = "";

    private readonly DiskLayout _layout;
    private readonly FreeSpace _freeSpace;
    private readonly ConcurrentDictionary<string, bool> _syncedFanOuts = new();
    private readonly BlockingThreads _threads = new(SyncThreads);

    /// <summary>Makes the directories that are missing and tries that a staged file can become a blob.</summary>
    /// <param name="root">The directory that takes everything; made if it is missing, then only for this user.</param>
    /// <param name="minimumFreeSpace">In bytes: what uploads leave free on the file system.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The directories can't be made or synced, or they lie on two file systems.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write there.</exception>
    public DiskStorage(string root, long minimumFreeSpace, TimeProvider time)
    {
        _layout = new DiskLayout(root);
        _freeSpace = new FreeSpace(() => new DriveInfo(_layout.Root).AvailableFreeSpace, minimumFreeSpace, time);
        MakeDirectories();
        TryRename();
    }

    /// <summary>How a staged file is synced; the tests put a failing disk here.</summary>
    internal Action<SafeFileHandle> SyncFile { get; init; } = RandomAccess.FlushToDisk;

    public void EnsureRoom(long bytes) => _freeSpace.Ensure(bytes);

    public ValueTask<IStagedUpload> OpenUpload(string uploadId, long offset, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var file = OpenStaged(uploadId, offset == 0 ? FileMode.OpenOrCreate : FileMode.Open);
        try
        {
            CutOff(file, uploadId, offset);
            return ValueTask.FromResult<IStagedUpload>(new DiskUpload(file, offset, _freeSpace));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public ValueTask<IBlobReader> ReadUpload(string uploadId, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Read(_layout.Upload(uploadId)) ?? throw new UploadLostException(uploadId));

    public ValueTask<long> UploadLength(string uploadId, CancellationToken cancellationToken)
    {
        var file = new FileInfo(_layout.Upload(uploadId));
        return ValueTask.FromResult(file.Exists ? file.Length : -1);
    }

    public ValueTask DeleteUpload(string uploadId, CancellationToken cancellationToken)
    {
        var path = _layout.Upload(uploadId);
        return new ValueTask(_threads.Run(() => Posix.Remove(path)));
    }

    public Task<string> CommitUpload(string uploadId, long length, Digest digest)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return _threads.Run(() => Settle(uploadId, length, () =>
        {
            MoveIntoPlace(uploadId, digest);
            SyncEntries(digest);
            return OnlyLocation;
        }));
    }

    public Task<string?> ResumeCommit(string uploadId, long length, Digest digest) => _threads.Run(() =>
    {
        var blob = new FileInfo(_layout.Blob(digest));
        if (File.Exists(_layout.Upload(uploadId)) || !blob.Exists || blob.Length != length)
            return null;
        MakeFanOut(_layout.FanOut(digest));
        SyncEntries(digest);
        return OnlyLocation;
    });

    public ValueTask<IBlobReader?> OpenBlob(Digest digest, string location, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Read(_layout.Blob(digest)));

    public ValueTask DeleteBlob(Digest digest, string location, CancellationToken cancellationToken) => new(_threads.Run(() =>
    {
        var wasThere = Posix.Remove(_layout.Blob(digest));
        RemoveIfEmpty(_layout.BlobDirectory(digest));
        return wasThere;
    }));

    public Task<string> CommitObject(string uploadId, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return _threads.Run(() => Settle(uploadId, length, () =>
        {
            var place = _layout.Object(uploadId);
            MakeFanOut(Path.GetDirectoryName(place)!);
            if (!Posix.Rename(_layout.Upload(uploadId), place))
                throw new UploadLostException(uploadId);
            Posix.SyncDirectory(Path.GetDirectoryName(place)!);
            return uploadId;
        }));
    }

    public ValueTask<IBlobReader?> OpenObject(string location, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Read(_layout.Object(location)));

    public ValueTask DeleteObject(string location, CancellationToken cancellationToken)
    {
        var path = _layout.Object(location);
        return new ValueTask(_threads.Run(() => Posix.Remove(path)));
    }

    public IAsyncEnumerable<(Digest Digest, string Location, long Length)> ListBlobs() => Listed(FindBlobs());

    public IAsyncEnumerable<string> ListUploads() =>
        Listed(Directory.EnumerateFiles(_layout.Uploads).Select(path => Path.GetFileName(path)).Where(DiskLayout.IsUploadId));

    /// <summary>Ends the threads; commits that are queued are finished.</summary>
    public void Dispose() => _threads.Dispose();

    /// <summary>As ToAsyncEnumerable does, without the megabyte of library that only this would load.</summary>
    private static async IAsyncEnumerable<T> Listed<T>(IEnumerable<T> found)
    {
        await Task.CompletedTask;
        foreach (var one in found)
            yield return one;
    }

    private void MakeDirectories()
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("The disk store needs the calls of Linux.");
        if (!Directory.Exists(_layout.Root))
        {
            MakeDurable(Path.GetDirectoryName(_layout.Root)!);
            Directory.CreateDirectory(_layout.Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Posix.SyncDirectory(Path.GetDirectoryName(_layout.Root)!);
        }
        MakeDurable(_layout.Uploads);
        MakeDurable(_layout.Objects);
        foreach (var algorithm in _layout.Algorithms)
            MakeDurable(algorithm);
        // Those that were there too: the program that made them may have been killed before it synced them.
        for (var directory = _layout.Blobs; directory.Length >= _layout.Root.Length; directory = Path.GetDirectoryName(directory)!)
            Posix.SyncDirectory(directory);
    }

    /// <summary>Makes a directory and those above it, each synced into its parent.</summary>
    private static void MakeDurable(string directory)
    {
        if (Directory.Exists(directory))
            return;
        var parent = Path.GetDirectoryName(directory)!;
        MakeDurable(parent);
        Directory.CreateDirectory(directory);
        Posix.SyncDirectory(parent);
    }

    /// <summary>An adopted folder may be a mount of its own; better to learn that at the start than at the first push.</summary>
    private void TryRename()
    {
        var probe = $"{_layout.Uploads}/.probe";
        using (File.OpenHandle(probe, FileMode.Create, FileAccess.Write))
        {
        }
        try
        {
            foreach (var algorithm in _layout.Algorithms)
            {
                var next = $"{algorithm}/.probe";
                Posix.Rename(probe, next);
                probe = next;
            }
        }
        catch (IOException fault) when (fault.HResult == Posix.CrossDevice)
        {
            throw new IOException($"{_layout.Uploads} and {_layout.Blobs} must be on one file system.", fault);
        }
        Posix.Remove(probe);
    }

    /// <summary>Cuts and syncs the staged file, then lets <paramref name="place"/> move it to where it stays.</summary>
    private string Settle(string uploadId, long length, Func<string> place)
    {
        try
        {
            // Held until the end: no writer can get at the bytes of what is committed.
            using var file = OpenStaged(uploadId, FileMode.Open);
            CutOff(file, uploadId, length);
            Sync(file, uploadId);
            return place();
        }
        catch (IOException fault) when (DiskFaults.IsFull(fault))
        {
            throw DiskFaults.Full(fault);
        }
    }

    private SafeFileHandle OpenStaged(string uploadId, FileMode mode)
    {
        var path = _layout.Upload(uploadId);
        try
        {
            return File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.None);
        }
        catch (FileNotFoundException)
        {
            throw new UploadLostException(uploadId);
        }
        catch (IOException fault) when (DiskFaults.IsBusy(fault))
        {
            throw new UploadBusyException(uploadId, fault);
        }
        catch (IOException fault) when (DiskFaults.IsFull(fault))
        {
            throw DiskFaults.Full(fault);
        }
    }

    private static void CutOff(SafeFileHandle file, string uploadId, long length)
    {
        var there = RandomAccess.GetLength(file);
        if (there < length)
            throw new UploadLostException(uploadId);
        if (there > length)
            RandomAccess.SetLength(file, length);
    }

    private void Sync(SafeFileHandle file, string uploadId)
    {
        try
        {
            SyncFile(file);
        }
        catch (IOException)
        {
            // Linux reports a failed write once and then takes the pages for clean: a second sync would succeed on bytes
            // that never reached the disk. So they must not be committed again.
            Posix.Remove(_layout.Upload(uploadId));
            throw;
        }
    }

    private void MoveIntoPlace(string uploadId, Digest digest)
    {
        var staged = _layout.Upload(uploadId);
        do
        {
            MakeFanOut(_layout.FanOut(digest));
            Directory.CreateDirectory(_layout.BlobDirectory(digest));
            if (Posix.Rename(staged, _layout.Blob(digest)))
                return;
            // A delete of the blob has just removed the directory, or a cancel the staged file.
        }
        while (File.Exists(staged));
        throw new UploadLostException(uploadId);
    }

    /// <summary>Both, even if the blob's directory was there: another commit may have made it and not synced it yet.</summary>
    private void SyncEntries(Digest digest)
    {
        Posix.SyncDirectory(_layout.BlobDirectory(digest));
        Posix.SyncDirectory(_layout.FanOut(digest));
    }

    private void MakeFanOut(string fanOut)
    {
        if (_syncedFanOuts.ContainsKey(fanOut) && Directory.Exists(fanOut))
            return;
        var parent = Path.GetDirectoryName(fanOut)!;
        MakeDurable(parent);
        Directory.CreateDirectory(fanOut);
        // Even if it was there: another commit, or a killed program, may have made it and not synced it yet.
        Posix.SyncDirectory(parent);
        _syncedFanOuts.TryAdd(fanOut, true);
    }

    private static IBlobReader? Read(string path) => Posix.OpenToRead(path) is { } file ? new FileReader(file) : null;

    private static void RemoveIfEmpty(string directory)
    {
        try
        {
            Directory.Delete(directory);
        }
        catch (IOException)
        {
            // Not there, or a commit has put the blob back; the bytes asked for are gone either way.
        }
    }

    private IEnumerable<(Digest Digest, string Location, long Length)> FindBlobs()
    {
        foreach (var directory in _layout.Algorithms.SelectMany(Directory.EnumerateDirectories).SelectMany(Directory.EnumerateDirectories))
        {
            if (!_layout.TryReadDigest(directory, out var digest))
                continue;
            var file = new FileInfo(_layout.Blob(digest));
            if (file.Exists)
                yield return (digest, OnlyLocation, file.Length);
        }
    }
}
