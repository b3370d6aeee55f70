using Berth.Server.Web.Pages;

namespace Berth.Server.Web.Places;

/// <summary>The project or the group that a page of both kinds is about: exactly one of the two.</summary>
public sealed record PlaceFrame(ProjectHead? Project, PlaceHead? Group)
{
    public string Word => Project is null ? "group" : "project";

    public string Path => Project?.Path ?? Group!.Path;

    /// <summary>The address of one of its pages.</summary>
    public string Url(string page) => Project?.Url(page) ?? Group!.Url(page);

    public string MembersUrl => Url(Project is null ? "group_members" : "project_members");
}
