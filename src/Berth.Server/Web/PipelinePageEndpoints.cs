using Berth.Server.Access;
using Berth.Server.Access.Login;
using Berth.Server.Ci;
using Berth.Server.Configuration;
using Berth.Server.Web.Pages;

namespace Berth.Server.Web;

/// <summary>/GROUP/PROJECT/-/pipelines: the list, one with its jobs, cancel and retry.</summary>
internal static class PipelinePageEndpoints
{
    private const int PageSize = 30;

    public static void MapPipelinePages(this IEndpointRouteBuilder routes)
    {
        var see = new AccessRule.ProjectPage(AccessLevel.Reporter);
        var run = new AccessRule.ProjectPage(AccessLevel.Developer);
        routes.MapGet("/{project}/-/pipelines", List).WithMetadata(see);
        routes.MapGet("/{project}/-/pipelines/{id:long}", Show).WithMetadata(see);
        routes.MapPost("/{project}/-/pipelines/{id:long}/cancel", Cancel).WithMetadata(run);
        routes.MapPost("/{project}/-/pipelines/{id:long}/retry", Retry).WithMetadata(run, new RateLimited(RateLimitedWork.Pipeline));
    }

    private static async Task<IResult> List(ProjectPageAccess access, HttpContext context, ProjectPipelines pipelines, BerthSettings settings, TimeProvider time)
    {
        var before = PageQuery.Number(context, "before");
        var rows = await pipelines.Page(access.Project.Id, before ?? long.MaxValue, PageSize + 1, context.RequestAborted);
        var head = ProjectHeads.Of(access, settings, "pipelines");
        var next = rows.Count > PageSize ? $"{head.Url("pipelines")}?before={rows[PageSize - 1].Id}" : null;
        return PageResult.Of<PipelinesPage>(Viewer.Of(access.Session, time), new PipelinesView(head, [.. rows.Take(PageSize).Select(ProjectHeads.Of)], next, before is null));
    }

    private static async Task<IResult> Show(ProjectPageAccess access, long id, HttpContext context, ProjectPipelines pipelines, Jobs jobs, BerthSettings settings, TimeProvider time)
    {
        if (await pipelines.Find(access.Project.Id, id, context.RequestAborted) is not { } row)
            return NotFound(context);
        var stages = (await jobs.OfPipeline(row.Id, context.RequestAborted)).Select(ProjectHeads.Of).GroupBy(job => job.Stage, StringComparer.Ordinal).ToList();
        return PageResult.Of<PipelinePage>(Viewer.Of(access.Session, time), new PipelineView(ProjectHeads.Of(access, settings, "pipelines"), ProjectHeads.Of(row), row.ConfigError, stages));
    }

    private static async Task<IResult> Cancel(ProjectPageAccess access, long id, HttpContext context, ProjectPipelines pipelines, Jobs jobs)
    {
        if (await pipelines.Find(access.Project.Id, id, context.RequestAborted) is not { } row)
            return NotFound(context);
        await jobs.CancelPipeline(row);
        return PageResult.SeeOther($"/{access.Project.FullPath}/-/pipelines/{id}");
    }

    private static async Task<IResult> Retry(ProjectPageAccess access, long id, HttpContext context, ProjectPipelines pipelines, Jobs jobs)
    {
        if (await pipelines.Find(access.Project.Id, id, context.RequestAborted) is not { } row)
            return NotFound(context);
        await jobs.RetryPipeline(row, access.Caller.UserId!.Value, context.RequestAborted);
        return PageResult.SeeOther($"/{access.Project.FullPath}/-/pipelines/{id}");
    }

    private static IResult NotFound(HttpContext context) => PageResult.Refused(context, 404, "This project has no such pipeline.");
}
