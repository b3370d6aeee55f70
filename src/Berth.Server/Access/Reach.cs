namespace Berth.Server.Access;

/// <summary>Where alone a credential counts: one project, or a group with all that is below it.</summary>
internal readonly record struct Reach(long? ProjectId, long? NamespaceId)
{
    public bool Covers(ProjectFacts project) => NamespaceId is { } group ? project.IsUnder(group) : project.Id == ProjectId;
}
