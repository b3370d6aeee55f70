using Berth.Server.Web.Places;

namespace Berth.Server.Web.Home;

/// <summary>A project in a list. <c>LastPush</c> in microseconds.</summary>
public sealed record ProjectLine(string Path, string Visibility, bool SeesImages, long? LastPush, string? PipelineStatus);

/// <summary>The newest tag of an image in a list of several projects, and who pushed it if that is known. Time in microseconds.</summary>
public sealed record PushLine(string Project, long ImageId, string Image, string Tag, long At, string? By);

/// <summary>The first page. <c>IsAll</c>: all that one may see, not one's own alone; <c>Next</c>: where the projects go on, <c>NextGroups</c> the groups.</summary>
public sealed record HomeView(bool IsAll, string Filter, IReadOnlyList<ProjectLine> Projects, IReadOnlyList<GroupLine> Groups, IReadOnlyList<PushLine> Pushes, string? Next, bool IsFirstPage, FirstSteps? Steps)
{
    public string? NextGroups { get; init; }
}

/// <summary>What to do next while nothing is there. <c>IsRoot</c>: the first user, whose password may still be the first one.</summary>
public sealed record FirstSteps(bool IsRoot, string Registry, string Origin);
