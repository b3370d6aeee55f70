using Berth.Oci;
using Berth.Server.Http;

namespace Berth.Server.Distribution;

/// <summary>A manifest that a repository has; its bytes are read apart.</summary>
internal sealed record Manifest(Digest Digest, string MediaType, long Size)
{
    public string EntityTag { get; } = EntityTags.Of(Digest);
}
