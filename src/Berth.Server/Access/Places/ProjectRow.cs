namespace Berth.Server.Access.Places;

/// <summary>A project as the database has it.</summary>
internal sealed record ProjectRow(
    long Id, long NamespaceId, string Path, string Name, string FullPath, long? NamespaceOwnerId, long Visibility, long RegistryAccess, long TrashDays, long CreatedAt,
    long SparseManifests, string Description)
{
    public ProjectFacts Facts => new(Id, FullPath, NamespaceId, NamespaceOwnerId, (Visibility)Visibility, (RegistryAccessLevel)RegistryAccess, (int)TrashDays)
    {
        AllowsSparseManifests = SparseManifests != 0,
    };
}
