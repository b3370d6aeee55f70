using Berth.Oci;

namespace Berth.Server.Distribution;

/// <summary>A manifest that a repository has; its bytes are read apart.</summary>
internal sealed record Manifest(Digest Digest, string MediaType, long Size);
