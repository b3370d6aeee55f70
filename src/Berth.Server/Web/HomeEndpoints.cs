using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Projects;
using Berth.Server.Web.Pages;

namespace Berth.Server.Web;

/// <summary>/: the projects that one may see.</summary>
internal static class HomeEndpoints
{
    private const int PageSize = 50;

    public static void MapHomePage(this IEndpointRouteBuilder routes) => routes.MapGet("/", Home).WithMetadata(new AccessRule.Page());

    private static async Task<IResult> Home(PageAccess access, HttpContext context, ProjectList projects, BerthSettings settings, TimeProvider time)
    {
        var from = PageQuery.Text(context, "from");
        var found = await projects.Page(access.Caller, from, PageSize + 1, context.RequestAborted);
        var lines = found.Take(PageSize).Select(listed =>
            new ProjectLine(listed.Project.FullPath, ((Visibility)listed.Project.Visibility).ToString().ToLowerInvariant(), listed.LastPush, listed.PipelineStatus));
        var next = found.Count > PageSize ? "/?from=" + Uri.EscapeDataString(found[PageSize].Project.FullPath.ToLowerInvariant()) : null;
        return PageResult.Of<HomePage>(Viewer.Of(access.Session, time), new HomeView([.. lines], next, settings.RegistryHost, settings.ExternalOrigin, from.Length == 0));
    }
}
