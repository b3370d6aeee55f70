using System.Globalization;
using Berth.Pipelines;
using Berth.Server.Access;
using Berth.Server.Access.Login;
using Berth.Server.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Berth.Server.Ci;

/// <summary>PUT /api/v4/jobs/:id and PATCH /api/v4/jobs/:id/trace: how a runner tells of a job, by the job's token.</summary>
internal static class JobReportEndpoints
{
    public const string TokenHeader = "JOB-TOKEN";

    private const string JobStatusHeader = "Job-Status";
    private const string UpdateInterval = "X-GitLab-Trace-Update-Interval";

    /// <summary>Seconds between updates: the runner's own default, so that a page that watches stays live.</summary>
    private const string Interval = "3";

    public static void MapJobReports(this IEndpointRouteBuilder routes)
    {
        var rule = new AccessRule.Open("authenticates by the job's token, in JOB-TOKEN or the body");
        routes.MapPut("/api/v4/jobs/{id:long}", Update).WithSummary("Reports the state of a job").Produces<string>().WithMetadata(rule);
        routes.MapPatch("/api/v4/jobs/{id:long}/trace", AppendTrace).WithSummary("Appends to the log of a job").Produces(202).WithMetadata(rule, new BodyLimit(RequestLimits.MaxTracePatchBytes));
        routes.MapGet("/api/v4/job", Current).WithSummary("Shows the job whose token calls").Produces<ApiJob>().WithMetadata(rule);
    }

    /// <summary>The job of a token, or the answer: 403, with the job's state if it is not running any more.</summary>
    public static async Task<(JobAccess? Access, IResult? Refusal)> Authenticate(long id, string? token, bool mustRun, HttpContext context, JobTokens tokens)
    {
        var given = context.Request.Headers[TokenHeader].ToString() is { Length: > 0 } header ? header : token;
        if (await tokens.Authenticate(given, context.RequestAborted) is not { } access || access.Job.Id != id)
            return (null, ApiError.Of(403, "403 Forbidden"));
        if (!mustRun || access.Job.IsRunning)
            return (access, null);
        context.Response.Headers[JobStatusHeader] = access.Job.Status;
        return (null, ApiError.Of(403, "403 Forbidden - Job is not running"));
    }

    private static async Task<IResult> Update(long id, UpdateBody body, HttpContext context, JobTokens tokens, Jobs jobs, ILogger<Jobs> log)
    {
        var (access, refusal) = await Authenticate(id, body.Token, mustRun: true, context, tokens);
        if (access is null)
            return refusal!;
        JobRow after;
        switch (body.State)
        {
            // A runner that commits in two phases says pending while it prepares (18.5); both are signs of life.
            case "running" or "pending":
                after = await jobs.Touch(access);
                break;
            case "success" or "failed":
                after = await jobs.Finish(access, body.State == "success", body.FailureReason, body.ExitCode);
                log.JobEnded(after.Id, after.ProjectId, after.Status, after.FailureReason);
                break;
            default:
                return ApiError.Of(400, "400 Bad request - state must be running, success or failed");
        }
        WriteState(context.Response, after);
        return Results.Json(after.Status);
    }

    private static async Task<IResult> AppendTrace(long id, HttpContext context, JobTokens tokens, Traces traces, Jobs jobs)
    {
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        var (access, refusal) = await Authenticate(id, null, mustRun: true, context, tokens);
        if (access is null)
            return refusal!;
        if (!TryReadStart(context.Request.Headers.ContentRange.ToString(), out var start))
            return ApiError.Of(400, "400 Bad request - Content-Range must be START-END");
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (start + body.Length > Traces.MaxBytes)
        {
            await jobs.Drop(id, FailureReason.TraceSizeExceeded);
            context.Response.Headers[JobStatusHeader] = JobStatus.Failed.Word();
            return ApiError.Of(403, $"403 Forbidden - the log is over {Traces.MaxBytes} bytes");
        }
        var (taken, size) = await traces.Append(access, start, body.GetBuffer().AsMemory(0, (int)body.Length));
        context.Response.Headers.Range = string.Create(CultureInfo.InvariantCulture, $"0-{size}");
        WriteState(context.Response, access.Job);
        return taken ? Results.StatusCode(202) : Results.StatusCode(416);
    }

    private static async Task<IResult> Current(HttpContext context, JobTokens tokens, CancellationToken cancellationToken) =>
        await tokens.Authenticate(context.Request.Headers[TokenHeader].ToString(), cancellationToken) is { Job.IsRunning: true } access
            ? Results.Json(new ApiJob(access.Job))
            : ApiError.Of(401, "401 Unauthorized");

    private static void WriteState(HttpResponse response, JobRow job)
    {
        response.Headers[JobStatusHeader] = job.Status;
        response.Headers[UpdateInterval] = Interval;
    }

    /// <summary>The runner's Content-Range has neither unit nor total: '0-99'. Its end is not looked at, the body says it.</summary>
    private static bool TryReadStart(string header, out long start)
    {
        start = 0;
        var dash = header.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && long.TryParse(header[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out start);
    }

    internal sealed record UpdateBody(string? Token, string? State, string? FailureReason, long? ExitCode);
}
