namespace Berth.Server.Access.Places;

/// <summary>A group as the database has it. <c>Path</c> is its last name, <c>FullPath</c> all of them.</summary>
internal sealed record GroupRow(
    long Id, long? ParentId, string Path, string Name, string Description, string FullPath, long Visibility, long ProjectCreation, long PushCreatesProjects, long CreatedAt)
{
    public NamespaceFacts Facts => new(Id, FullPath, null, (Visibility)Visibility, PushCreatesProjects != 0);
}
