using Berth.Server.Access;
using Berth.Server.Access.Pages;
using Berth.Server.Configuration;

namespace Berth.Server.Web.Places;

/// <summary>From the right to see a page to the frame that it is shown in.</summary>
internal static class PlaceFrames
{
    public static PlaceFrame Of(ProjectPageAccess access, BerthSettings settings, string tab) => new(ProjectHeads.Of(access, settings, tab), null);

    public static PlaceFrame Of(PlacePageAccess access, string tab) => new(null, PlaceHeads.Of(access, tab));

    /// <summary>Of the project or group whose page a request is for, and who looks.</summary>
    public static (PlaceFrame Frame, Session? Session) Of(HttpContext context, string tab) => context.Features.Get<ProjectPageAccess>() is { } project
        ? (Of(project, context.RequestServices.GetRequiredService<BerthSettings>(), tab), project.Session)
        : context.Features.Get<PlacePageAccess>() is { } place ? (Of(place, tab), place.Session) : throw new InvalidOperationException("This is no page of a project or group.");
}
