namespace Berth.Server.Access.Places;

/// <summary>What stands at a path that is no project: a group, or with <c>OwnerId</c> the namespace of that user.</summary>
internal sealed record PlaceRow(
    long Id, long? ParentId, string Path, string Name, string Description, string FullPath, long Visibility, long ProjectCreation, long PushCreatesProjects, long CreatedAt, long? OwnerId)
{
    public NamespaceFacts Facts => new(Id, FullPath, OwnerId, (Visibility)Visibility, PushCreatesProjects != 0);

    public GroupRow Group => OwnerId is null
        ? new GroupRow(Id, ParentId, Path, Name, Description, FullPath, Visibility, ProjectCreation, PushCreatesProjects, CreatedAt)
        : throw new InvalidOperationException("A user's namespace is no group.");
}
