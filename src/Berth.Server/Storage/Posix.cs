using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Berth.Server.Storage;

/// <summary>
/// The calls of Linux that the class library lacks or wraps in what we don't want. Failures are <see cref="IOException"/>s
/// whose <see cref="Exception.HResult"/> is the errno, as those of the class library.
/// </summary>
internal static partial class Posix
{
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int WouldBlock = 11;
    public const int CrossDevice = 18;
    public const int InvalidArgument = 22;
    public const int NoSpace = 28;
    public const int NotImplemented = 38;
    public const int NotSupported = 95;
    public const int QuotaExceeded = 122;

    // The same on x64 and arm64. O_DIRECTORY is not (arm64's O_DIRECT is x64's O_DIRECTORY), so it stays away.
    private const int OpenReadOnly = 0;
    private const int OpenCloseOnExec = 0x80000;
    private const uint SyncRangeWrite = 2;

    private static volatile bool _lacksSyncFileRange;

    /// <summary>
    /// Opens for reading; null if there is no such file. <see cref="File.OpenHandle"/> would take a shared flock, and so
    /// fail while a commit holds the exclusive one.
    /// </summary>
    public static SafeFileHandle? OpenToRead(string path)
    {
        while (true)
        {
            var handle = Open(path, OpenReadOnly | OpenCloseOnExec);
            if (!handle.IsInvalid)
                return handle;
            var error = Marshal.GetLastPInvokeError();
            handle.Dispose();
            if (error == NoEntry)
                return null;
            if (error != Interrupted)
                throw Failure(error, "open", path);
        }
    }

    /// <summary>Makes new, renamed and removed entries of a directory survive a power loss.</summary>
    public static void SyncDirectory(string path)
    {
        using var handle = OpenToRead(path) ?? throw Failure(NoEntry, "open", path);
        while (FileSync(handle) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            // A file system that can't sync directories (CIFS, some of FUSE) says so; there is no more to be had from it.
            if (error is InvalidArgument or NotSupported)
                return;
            if (error != Interrupted)
                throw Failure(error, "fsync", path);
        }
    }

    /// <summary>
    /// Renames within one file system, over what stands at <paramref name="to"/>. <see cref="File.Move(string, string, bool)"/>
    /// would quietly copy from one file system to another, which is neither one step nor synced.
    /// </summary>
    /// <returns>False if a file or directory on either way is not there.</returns>
    public static bool Rename(string from, string to)
    {
        if (RenameFile(from, to) == 0)
            return true;
        var error = Marshal.GetLastPInvokeError();
        return error == NoEntry ? false : throw Failure(error, "rename", to);
    }

    /// <summary>Removes a name; false if it was not there.</summary>
    public static bool Remove(string path)
    {
        if (Unlink(path) == 0)
            return true;
        var error = Marshal.GetLastPInvokeError();
        return error == NoEntry ? false : throw Failure(error, "unlink", path);
    }

    /// <summary>
    /// Starts writing a range to the disk without waiting for it, so that the sync at the end is short. Only a hint: where
    /// it fails nothing is said, for the sync will tell.
    /// </summary>
    public static void StartWriteBack(SafeFileHandle file, long offset, long length)
    {
        if (_lacksSyncFileRange)
            return;
        try
        {
            if (SyncFileRange(file, offset, length, SyncRangeWrite) != 0)
                _lacksSyncFileRange = Marshal.GetLastPInvokeError() == NotImplemented;
        }
        catch (EntryPointNotFoundException)
        {
            _lacksSyncFileRange = true;
        }
    }

    private static IOException Failure(int error, string call, string path) =>
        new($"{call} of {path} failed: {Marshal.GetPInvokeErrorMessage(error)}.", error);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FileSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameFile(string from, string to);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long length, uint flags);
}
