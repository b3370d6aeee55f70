using Berth.Server.Access;
using Berth.Server.Access.Places;
using Berth.Server.Http;
using Berth.Server.Projects;
using Berth.Server.Web.Pages;

namespace Berth.Server.Web;

/// <summary>/-/deleted_projects: for Owners, as long as they are kept.</summary>
internal static class DeletedProjectPageEndpoints
{
    private const string Path = "/-/deleted_projects";
    private const int PageSize = 50;

    public static void MapDeletedProjects(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, List).WithMetadata(new AccessRule.Page());
        routes.MapPost(Path + "/{id:long}/restore", Restore).WithMetadata(new AccessRule.DeletedProjectPage());
    }

    private static async Task<IResult> List(PageAccess access, HttpContext context, ProjectTrash trash, TimeProvider time)
    {
        var page = (int)Math.Clamp(PageQuery.Number(context, "page") ?? 1, 1, RequestLimits.MaxApiOffset / PageSize);
        var (rows, counted) = await trash.List(access.Api, new ProjectTrashFilter(new ApiPage(page, PageSize), 0, long.MaxValue), context.RequestAborted);
        var next = counted > page * PageSize ? $"{Path}?page={page + 1}" : null;
        return PageResult.Of<DeletedProjectsPage>(Viewer.Of(access.Session, time), new DeletedProjectsView([.. rows.Select(row => Line(row.Project, row.DeletedAt, row.KeepUntil))], next, page == 1));
    }

    private static async Task<IResult> Restore(PageAccess page, ProjectAccess access, HttpContext context, ProjectTrash trash, TimeProvider time)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var typed = form.ContainsKey("path") ? form["path"].ToString().Trim() : null;
        var problem = typed is null ? null : NamespacePath.Refusal(typed);
        if (problem is null)
        {
            switch (await trash.Restore(access, typed))
            {
                case ProjectOutcome.Done done:
                    return PageResult.SeeOther($"/{done.Project.FullPath}");
                case ProjectOutcome.Taken taken:
                    problem = $"{taken.FullPath} was given to another project or group since. Choose another path.";
                    break;
                case ProjectOutcome.Invalid invalid:
                    problem = $"The path {invalid.Reason}.";
                    break;
                default:
                    return PageResult.Refused(context, 404, "Nothing is kept of this project: it is back already, or its time is over.");
            }
        }
        else
        {
            problem = $"The path {problem}.";
        }
        var (rows, _) = await trash.List(page.Api, new ProjectTrashFilter(new ApiPage(1, PageSize), 0, long.MaxValue), context.RequestAborted);
        var view = new DeletedProjectsView([.. rows.Select(row => Line(row.Project, row.DeletedAt, row.KeepUntil))], null, true)
        {
            Refused = Line(access.Project, 0, 0),
            Problem = problem,
            OtherPath = typed ?? $"{access.Project.Path}-restored",
        };
        return PageResult.Of<DeletedProjectsPage>(Viewer.Of(page.Session, time), view, typed is null ? 409 : 422);
    }

    private static DeletedProjectLine Line(ProjectRow project, long deletedAt, long keepUntil) => new(
        project.Id, project.FullPath[..^(project.Path.Length + 1)], project.Path, ((Visibility)project.Visibility).ToString().ToLowerInvariant(), deletedAt, keepUntil);
}
