namespace Berth.Server.Storage;

/// <summary>Staged bytes that a session counts on are gone, as after a power loss. The client has to upload again.</summary>
internal sealed class UploadLostException(string uploadId) : IOException($"The staged bytes of upload {uploadId} are gone.");
