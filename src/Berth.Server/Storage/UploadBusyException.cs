namespace Berth.Server.Storage;

/// <summary>
/// Another request is writing to the same upload. No fault of the medium, hence no <see cref="IOException"/>: the client
/// waits for its other request, or asks for the status and goes on from there.
/// </summary>
internal sealed class UploadBusyException(string uploadId, Exception? cause = null)
    : Exception($"Another request is writing to upload {uploadId}.", cause);
