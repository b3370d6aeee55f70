using Berth.Server.Web.Home;

namespace Berth.Server.Web.Places;

/// <summary>What every page of a group, or of a user's namespace (<c>IsUser</c>), shows of it, and what the viewer may do there.</summary>
public sealed record PlaceHead(string Path, string Name, string Visibility, bool IsUser, string Tab)
{
    public bool IsMember { get; init; }

    public bool Owns { get; init; }

    public bool SeesUsage { get; init; }

    public bool MakesProjects { get; init; }

    public bool MakesGroups { get; init; }

    public string Url(string page) => $"/groups/{Path}/-/{page}";
}

/// <summary>A group in a list.</summary>
public sealed record GroupLine(string Path, string Name, string Visibility);

/// <summary>A group's or a user's own page. <c>Image</c>: what names of its images begin with; <c>Next</c>: where the projects go on.</summary>
public sealed record PlaceView(
    PlaceHead Place, string Description, IReadOnlyList<GroupLine> Groups, IReadOnlyList<ProjectLine> Projects, IReadOnlyList<PushLine> Pushes, string? Next, bool IsFirstPage, string Image, string Registry);

/// <summary>The form of a new project or group. <c>Places</c>: where it may be made.</summary>
public sealed record NewPlaceView(FormView Form, IReadOnlyList<Choice> Places);
