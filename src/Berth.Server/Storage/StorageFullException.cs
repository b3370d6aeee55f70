namespace Berth.Server.Storage;

/// <summary>The medium has no room for an upload. Answered with 507; pulls and deletes go on.</summary>
internal sealed class StorageFullException(string message, Exception? cause = null) : IOException(message, cause);
