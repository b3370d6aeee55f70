namespace Berth.Server.Access.Places;

/// <summary>What decisions and the registry need to know of a project; remembered until the rights version moves.</summary>
internal sealed record ProjectFacts(
    long Id, string Path, long NamespaceId, long? NamespaceOwnerId, Visibility Visibility, RegistryAccessLevel RegistryAccess, int TrashDays)
{
    /// <summary>Whether manifests may name blobs and manifests that were not pushed to their repository.</summary>
    public bool AllowsSparseManifests { get; init; }

    /// <summary>Whether every project's jobs may in, as far as their users may: the list of those that may is switched off.</summary>
    public bool LetsAllJobsIn { get; init; }
}
