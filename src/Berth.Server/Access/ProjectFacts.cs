namespace Berth.Server.Access;

/// <summary>What decisions and the registry need to know of a project; remembered until the rights version moves.</summary>
internal sealed record ProjectFacts(
    long Id, string Path, long NamespaceId, long? NamespaceOwnerId, Visibility Visibility, RegistryAccessLevel RegistryAccess, int TrashDays)
{
    /// <summary>Whether manifests may name blobs and manifests that were not pushed to their repository.</summary>
    public bool AllowsSparseManifests { get; init; }

    /// <summary>The namespaces above the project, its own among them; those of a group's deploy token reach what is under it.</summary>
    public IReadOnlyCollection<long> NamespaceIds { get; init; } = [NamespaceId];

    /// <summary>The other projects whose jobs may in; null is all.</summary>
    public IReadOnlyCollection<long>? JobSources { get; init; } = [];

    public bool IsUnder(long namespaceId) => NamespaceIds.Contains(namespaceId);

    public bool LetsJobsIn(long projectId) => JobSources is null || JobSources.Contains(projectId);
}
