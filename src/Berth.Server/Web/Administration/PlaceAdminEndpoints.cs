using Berth.Server.Access;
using Berth.Server.Http;
using Berth.Server.Projects;
using Berth.Server.Web.Places;

namespace Berth.Server.Web.Administration;

/// <summary>/admin/projects and /admin/groups: all of them, by name.</summary>
internal static class PlaceAdminEndpoints
{
    public const string ProjectsPath = "/admin/projects";
    public const string GroupsPath = "/admin/groups";

    private const int PageSize = 50;

    public static void MapPlaceAdministration(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(ProjectsPath, Projects).WithMetadata(new AccessRule.Page(Admin: true));
        routes.MapGet(GroupsPath, Groups).WithMetadata(new AccessRule.Page(Admin: true));
    }

    private static async Task<IResult> Projects(PageAccess access, HttpContext context, ApiLists lists, ProjectList projects, TimeProvider time)
    {
        var (name, filter) = Read(context);
        var (rows, counted) = await lists.Projects(access.Caller, filter, context.RequestAborted);
        var listed = await projects.Describe(access.Caller, rows, context.RequestAborted);
        return PageResult.Of<PlacesPage>(Viewer.Of(access.Session, time), new PlacesView(ProjectsPath, name, [.. listed.Select(PlaceHeads.Of)], [], PageQuery.Next(Address(ProjectsPath, name), filter.Page, counted)));
    }

    private static async Task<IResult> Groups(PageAccess access, HttpContext context, ApiLists lists, TimeProvider time)
    {
        var (name, filter) = Read(context);
        var (rows, counted) = await lists.Groups(access.Caller, filter, context.RequestAborted);
        return PageResult.Of<PlacesPage>(Viewer.Of(access.Session, time), new PlacesView(GroupsPath, name, [], [.. rows.Select(PlaceHeads.Of)], PageQuery.Next(Address(GroupsPath, name), filter.Page, counted)));
    }

    private static (string Name, ListFilter Filter) Read(HttpContext context)
    {
        var name = PageQuery.Text(context, "name").Trim();
        return (name, new ListFilter(PageQuery.Page(context, PageSize)) { Pattern = LikePattern.Holding(name), Order = "path", IsCounted = false });
    }

    private static string Address(string path, string name) => $"{path}?name={Uri.EscapeDataString(name)}";
}
