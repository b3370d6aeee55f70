using Berth.Server.Access.Places;

namespace Berth.Server.Access;

/// <summary>
/// Where alone a credential counts: one project, or a group with all that is below it. It stands with the credential, so that no look-up
/// of a project costs more for it.
/// </summary>
internal sealed record Reach
{
    private Reach()
    {
    }

    public long? ProjectId { get; private init; }

    /// <summary>Of the group, in lower case.</summary>
    public string? GroupPath { get; private init; }

    /// <summary>The projects whose lists let this project's jobs in.</summary>
    public IReadOnlyList<long> HostIds { get; private init; } = [];

    public static Reach OfProject(long id) => new() { ProjectId = id };

    public static Reach OfJob(long projectId, IReadOnlyList<long> hostIds) => new() { ProjectId = projectId, HostIds = hostIds };

    public static Reach OfGroup(string pathLower) => new() { GroupPath = pathLower };

    public bool Covers(ProjectFacts project) => GroupPath is { } group
        ? project.Path.Length > group.Length && project.Path[group.Length] == '/' && project.Path.StartsWith(group, StringComparison.OrdinalIgnoreCase)
        : project.Id == ProjectId;
}
