namespace Berth.Server.Storage;

/// <summary>Tells a full disk, a busy file and a failing disk apart.</summary>
internal static class DiskFaults
{
    public static bool IsFull(IOException fault) =>
        fault is not StorageFullException && fault.HResult is Posix.NoSpace or Posix.QuotaExceeded;

    /// <summary>The class library reports a flock that another handle holds in this way.</summary>
    public static bool IsBusy(IOException fault) => fault.HResult == Posix.WouldBlock;

    public static StorageFullException Full(IOException fault) => new(
        fault.HResult == Posix.QuotaExceeded
            ? "The disk quota of the registry's storage is used up. Free some space or raise the quota, then push again."
            : "The registry's storage has no space left. Free some space, then push again.",
        fault);
}
