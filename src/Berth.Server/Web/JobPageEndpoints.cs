using Berth.Server.Access;
using Berth.Server.Access.Login;
using Berth.Server.Ci;
using Berth.Server.Http;
using Berth.Server.Web.Logs;

namespace Berth.Server.Web;

/// <summary>/GROUP/PROJECT/-/jobs/ID: the job and its log, the log as it grows, the log as it is, cancel, retry, start.</summary>
internal static class JobPageEndpoints
{
    /// <summary>What a page shows of a log, its end: enough to read, and little enough for any browser. The rest is behind the link.</summary>
    private const int MaxShown = 512 * 1024;

    /// <summary>Lines that a page shows: short ones take more of the page than of the log.</summary>
    private const int MaxLines = 6000;

    public static void MapJobPages(this IEndpointRouteBuilder routes)
    {
        const string Job = "/{project}/-/jobs/{id:long}";
        var see = new AccessRule.ProjectPage(AccessLevel.Reporter);
        var run = new AccessRule.ProjectPage(AccessLevel.Developer);
        routes.MapGet(Job, Show).WithMetadata(see);
        routes.MapGet(Job + "/raw", Raw).WithMetadata(see);
        routes.MapGet(Job + "/log", Follow).WithMetadata(see, new EndlessAnswer());
        routes.MapPost(Job + "/cancel", Cancel).WithMetadata(run);
        routes.MapPost(Job + "/retry", Retry).WithMetadata(run, new RateLimited(RateLimitedWork.Pipeline));
        routes.MapPost(Job + "/play", Play).WithMetadata(run, new RateLimited(RateLimitedWork.Pipeline));
    }

    private static async Task<IResult> Show(ProjectPageAccess access, long id, HttpContext context, Jobs jobs, Traces traces, JobPages pages)
    {
        if (await jobs.Find(access.Project.Id, id, context.RequestAborted) is not { } job)
            return NotFound(context);
        var skipped = await traces.TailStart(job, MaxShown, MaxLines, context.RequestAborted);
        var html = await pages.Render(access, job, skipped, context.RequestAborted);
        var split = html.IndexOf(JobPages.LogPlace, StringComparison.Ordinal);
        var response = context.Response;
        response.ContentType = "text/html; charset=utf-8";
        PageHeaders.Set(response);
        await response.WriteAsync(html[..split], context.RequestAborted);
        await pages.WriteLog(response, job, skipped, context.RequestAborted);
        await response.WriteAsync(html[(split + JobPages.LogPlace.Length)..], context.RequestAborted);
        return Results.Empty;
    }

    private static async Task<IResult> Raw(ProjectPageAccess access, long id, HttpContext context, Jobs jobs, Traces traces, CancellationToken cancellationToken)
    {
        if (await jobs.Find(access.Project.Id, id, cancellationToken) is not { } job)
            return NotFound(context);
        context.Response.ContentType = "text/plain; charset=utf-8";
        ContentHeaders.Sandbox(context.Response);
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"job-{id}.log\"";
        context.Response.Headers.CacheControl = "no-store";
        await foreach (var piece in traces.Read(job, 0, cancellationToken))
            await context.Response.BodyWriter.WriteAsync(piece, cancellationToken);
        return Results.Empty;
    }

    /// <summary>Server-sent events, from the position that the page, or the last event, names.</summary>
    private static async Task<IResult> Follow(ProjectPageAccess access, long id, HttpContext context, Jobs jobs, JobPages pages, LogFollower follower)
    {
        var given = context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last ? last : context.Request.Query["from"].ToString();
        if (await jobs.Find(access.Project.Id, id, context.RequestAborted) is not { } job)
            return NotFound(context);
        if (!LogPosition.TryParse(given.Length == 0 ? LogPosition.Start.ToString() : given, out var position) || position.Offset > job.TraceSize)
        {
            return PageResult.Refused(context, 400, "The log does not go on from there.");
        }
        await follower.Run(context, job, position, (current, cancellationToken) => pages.RenderHead(access, current, cancellationToken));
        return Results.Empty;
    }

    private static async Task<IResult> Cancel(ProjectPageAccess access, long id, HttpContext context, Jobs jobs)
    {
        if (await jobs.Find(access.Project.Id, id, context.RequestAborted) is not { } job)
            return NotFound(context);
        await jobs.Cancel(job);
        return SeeJob(access, id);
    }

    /// <summary>Leads to the new try; where there can be none, to the job, which says by its state why.</summary>
    private static async Task<IResult> Retry(ProjectPageAccess access, long id, HttpContext context, Jobs jobs)
    {
        if (await jobs.Find(access.Project.Id, id, context.RequestAborted) is not { } job)
            return NotFound(context);
        return SeeJob(access, (await jobs.Retry(job, access.Caller.UserId!.Value))?.Id ?? id);
    }

    private static async Task<IResult> Play(ProjectPageAccess access, long id, HttpContext context, Jobs jobs)
    {
        if (await jobs.Find(access.Project.Id, id, context.RequestAborted) is not { } job)
            return NotFound(context);
        await jobs.Play(job);
        return SeeJob(access, id);
    }

    private static IResult SeeJob(ProjectPageAccess access, long id) => PageResult.SeeOther($"/{access.Project.FullPath}/-/jobs/{id}");

    private static IResult NotFound(HttpContext context) => PageResult.Refused(context, 404, "This project has no such job.");
}
