namespace Berth.Server.Configuration;

/// <summary>Where the bytes of blobs are kept (setting Storage__Provider).</summary>
internal enum StorageProvider
{
    /// <summary>Files in the data directory.</summary>
    Filesystem,
}
