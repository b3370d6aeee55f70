using System.Globalization;
using Berth.Server.Access;
using Berth.Server.Access.Login;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Ci;

/// <summary>/api/v4/projects/:id/pipelines and /jobs, as GitLab's: read, start, cancel, try again.</summary>
internal static class PipelineEndpoints
{
    public static void MapPipelines(this IEndpointRouteBuilder routes)
    {
        var read = new AccessRule.Project(TokenScopes.Api | TokenScopes.ReadApi, AccessLevel.Reporter);
        var write = new AccessRule.Project(TokenScopes.Api, AccessLevel.Developer);
        var starts = new RateLimited(RateLimitedWork.Pipeline);
        routes.MapGet("/api/v4/projects/{id}/pipelines", List).WithSummary("Lists a project's pipelines").Produces<ApiPipeline[]>().WithMetadata(read).WithMetadata(ApiParameter.Paging).WithMetadata(new ApiParameter("id_before", "Only older ones than this number."));
        routes.MapPost("/api/v4/projects/{id}/pipeline", Create).WithSummary("Starts a pipeline").Produces<ApiPipeline>(201).WithMetadata(write, starts);
        routes.MapGet("/api/v4/projects/{id}/pipelines/{pipeline:long}", Get).WithSummary("Shows a pipeline").Produces<ApiPipeline>().WithMetadata(read);
        routes.MapGet("/api/v4/projects/{id}/pipelines/{pipeline:long}/jobs", ListJobs).WithSummary("Lists a pipeline's jobs").Produces<ApiJob[]>().WithMetadata(read).WithMetadata(ApiParameter.Paging).WithMetadata(new ApiParameter("include_retried", "true: with those that were retried."));
        routes.MapPost("/api/v4/projects/{id}/pipelines/{pipeline:long}/cancel", Cancel).WithSummary("Cancels a pipeline").Produces<ApiPipeline>().WithMetadata(write);
        routes.MapPost("/api/v4/projects/{id}/pipelines/{pipeline:long}/retry", Retry).WithSummary("Retries a pipeline's failed jobs").Produces<ApiPipeline>(201).WithMetadata(write, starts);
        routes.MapGet("/api/v4/projects/{id}/jobs/{job:long}", GetJob).WithSummary("Shows a job").Produces<ApiJob>().WithMetadata(read);
        routes.MapGet("/api/v4/projects/{id}/jobs/{job:long}/trace", Trace).WithSummary("Downloads a job's log").Produces<string>(contentType: "text/plain").WithMetadata(read);
        routes.MapPost("/api/v4/projects/{id}/jobs/{job:long}/cancel", CancelJob).WithSummary("Cancels a job").Produces<ApiJob>(201).WithMetadata(write);
        routes.MapPost("/api/v4/projects/{id}/jobs/{job:long}/retry", RetryJob).WithSummary("Retries a job").Produces<ApiJob>(201).WithMetadata(write, starts);
        routes.MapPost("/api/v4/projects/{id}/jobs/{job:long}/play", PlayJob).WithSummary("Starts a manual job").Produces<ApiJob>().WithMetadata(write, starts);
    }

    private static async Task<IResult> List(ProjectAccess access, HttpContext context, ProjectPipelines pipelines, BerthSettings settings, CancellationToken cancellationToken)
    {
        var page = ApiPage.Of(context.Request);
        var before = long.TryParse(context.Request.Query["id_before"], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : long.MaxValue;
        var (rows, counted) = await pipelines.Page(access.Project.Id, before, page, cancellationToken);
        page.WriteHeaders(context, settings, counted);
        return Results.Json(rows.Select(row => new ApiPipeline(row, Url(access, settings))));
    }

    private static async Task<IResult> Create(ProjectAccess access, NewPipelineBody body, ProjectPipelines pipelines, BerthSettings settings, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(body.Ref) || access.Caller.UserId is not { } user)
            return ApiError.BadRequest("ref is missing");
        var (variables, refusal) = GivenVariables.Read((body.Variables ?? []).Where(given => given.Key is { Length: > 0 }).Select(given => (given.Key!, given.Value ?? "")));
        if (refusal is not null)
            return refusal.ToResult();
        return await pipelines.CreateOn(access.Project.Id, body.Ref, "api", user, variables, cancellationToken) switch
        {
            NewPipelineOutcome.Made made => Results.Json(new ApiPipeline((await pipelines.Find(access.Project.Id, made.Pipeline.Id, cancellationToken))!, Url(access, settings)), statusCode: 201),
            NewPipelineOutcome.NoFile => ApiError.Invalid("base", $"Missing CI config file: the commit has no {PipelineStarter.ConfigPath}"),
            NewPipelineOutcome.Filtered filtered => ApiError.Invalid("base", filtered.Message),
            _ => ApiError.Invalid("base", "Reference not found"),
        };
    }

    private static async Task<IResult> Get(ProjectAccess access, long pipeline, ProjectPipelines pipelines, BerthSettings settings, CancellationToken cancellationToken) =>
        await pipelines.Find(access.Project.Id, pipeline, cancellationToken) is { } row ? Results.Json(new ApiPipeline(row, Url(access, settings))) : ApiError.NotFound("Pipeline");

    private static async Task<IResult> ListJobs(ProjectAccess access, long pipeline, HttpContext context, ProjectPipelines pipelines, Jobs jobs, BerthSettings settings, CancellationToken cancellationToken)
    {
        if (await pipelines.Find(access.Project.Id, pipeline, cancellationToken) is not { } row)
            return ApiError.NotFound("Pipeline");
        var retried = ApiFlags.IsSet(context.Request.Query, "include_retried");
        var page = ApiPage.Of(context.Request);
        var rows = (await jobs.OfPipeline(row.Id, cancellationToken)).FindAll(job => retried || job.Retried == 0);
        page.WriteHeaders(context, settings, rows.Count);
        return Results.Json(rows.Skip(page.Skip).Take(page.Size).Select(job => new ApiJob(job)));
    }

    private static async Task<IResult> Cancel(ProjectAccess access, long pipeline, ProjectPipelines pipelines, Jobs jobs, BerthSettings settings, CancellationToken cancellationToken)
    {
        if (await pipelines.Find(access.Project.Id, pipeline, cancellationToken) is not { } row)
            return ApiError.NotFound("Pipeline");
        await jobs.CancelPipeline(row);
        return await Get(access, pipeline, pipelines, settings, cancellationToken);
    }

    private static async Task<IResult> Retry(ProjectAccess access, long pipeline, ProjectPipelines pipelines, Jobs jobs, BerthSettings settings, CancellationToken cancellationToken)
    {
        if (await pipelines.Find(access.Project.Id, pipeline, cancellationToken) is not { } row)
            return ApiError.NotFound("Pipeline");
        await jobs.RetryPipeline(row, access.Caller.UserId!.Value, cancellationToken);
        return Results.Json(new ApiPipeline((await pipelines.Find(access.Project.Id, pipeline, cancellationToken))!, Url(access, settings)), statusCode: 201);
    }

    private static async Task<IResult> GetJob(ProjectAccess access, long job, Jobs jobs, CancellationToken cancellationToken) =>
        await jobs.Find(access.Project.Id, job, cancellationToken) is { } row ? Results.Json(new ApiJob(row)) : ApiError.NotFound("Job");

    private static async Task Trace(ProjectAccess access, long job, HttpContext context, Jobs jobs, Traces traces, CancellationToken cancellationToken)
    {
        if (await jobs.Find(access.Project.Id, job, cancellationToken) is not { } row)
        {
            await ApiError.NotFound("Job").ExecuteAsync(context);
            return;
        }
        context.Response.ContentType = "text/plain; charset=utf-8";
        ContentHeaders.Sandbox(context.Response);
        await foreach (var piece in traces.Read(row, 0, cancellationToken))
            await context.Response.BodyWriter.WriteAsync(piece, cancellationToken);
    }

    private static async Task<IResult> CancelJob(ProjectAccess access, long job, Jobs jobs, CancellationToken cancellationToken) =>
        await jobs.Find(access.Project.Id, job, cancellationToken) is { } row ? Results.Json(new ApiJob(await jobs.Cancel(row)), statusCode: 201) : ApiError.NotFound("Job");

    private static async Task<IResult> RetryJob(ProjectAccess access, long job, Jobs jobs, CancellationToken cancellationToken)
    {
        if (await jobs.Find(access.Project.Id, job, cancellationToken) is not { } row)
            return ApiError.NotFound("Job");
        return await jobs.Retry(row, access.Caller.UserId!.Value) is { } made
            ? Results.Json(new ApiJob(made), statusCode: 201)
            : ApiError.Of(403, "403 Forbidden - Job is not retryable");
    }

    private static async Task<IResult> PlayJob(ProjectAccess access, long job, Jobs jobs, CancellationToken cancellationToken)
    {
        if (await jobs.Find(access.Project.Id, job, cancellationToken) is not { } row)
            return ApiError.NotFound("Job");
        return await jobs.Play(row)
            ? Results.Json(new ApiJob((await jobs.Find(access.Project.Id, job, cancellationToken))!))
            : ApiError.Of(400, "400 Bad request - Unplayable Job");
    }

    private static string Url(ProjectAccess access, BerthSettings settings) => $"{settings.ExternalOrigin}/{access.Project.FullPath}";

    internal sealed record NewPipelineBody(string? Ref, GivenVariable[]? Variables);

    internal sealed record GivenVariable(string? Key, string? Value);
}
