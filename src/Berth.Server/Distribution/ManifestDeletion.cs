using Berth.Oci;

namespace Berth.Server.Distribution;

/// <summary>What became of a manifest or tag that a client deleted.</summary>
internal abstract record ManifestDeletion
{
    private ManifestDeletion()
    {
    }

    internal sealed record Deleted : ManifestDeletion;

    internal sealed record NotFound : ManifestDeletion;

    /// <summary>An index that lives needs it.</summary>
    internal sealed record InUse(Digest Parent) : ManifestDeletion;
}
