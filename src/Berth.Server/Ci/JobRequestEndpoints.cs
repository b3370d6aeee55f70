using System.Globalization;
using System.Text.Json.Nodes;
using Berth.Server.Access;
using Berth.Server.Http;

namespace Berth.Server.Ci;

/// <summary>POST /api/v4/jobs/request: where runners get their jobs.</summary>
internal static class JobRequestEndpoints
{
    private const string LastUpdate = "X-GitLab-Last-Update";

    public static void MapJobRequests(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v4/jobs/request", Ask).WithSummary("Hands a runner its next job").Produces<JsonObject>(201).Produces(204).WithMetadata(new AccessRule.Open("authenticates by the runner's token in the request's body"));
        // FF_USE_JOB_ROUTER asks; without a router the answer is 501 (runner 18.8).
        routes.MapGet("/api/v4/runners/router/discovery", () => Results.StatusCode(501)).WithSummary("Says that jobs are not handed out by a router").Produces(501).WithMetadata(new AccessRule.Open("says only that there is no job router"));
    }

    private static async Task<IResult> Ask(AskBody body, HttpContext context, Runners runners, JobQueue queue, JobHandover handover, CancellationToken cancellationToken)
    {
        if (await runners.Authenticate(body.Token ?? context.Request.Headers[RunnerEndpoints.TokenHeader].ToString(), cancellationToken) is not { } runner)
            return ApiError.Of(403, "403 Forbidden");
        var report = body.ToReport();
        await runners.Contact(runner, report, context.Connection.RemoteIpAddress?.ToString());
        // Read before looking for a job: what becomes pending in between changes it, and the next request is not held.
        var version = await queue.Version(cancellationToken);
        if (await handover.Next(runner, report, cancellationToken) is { } job)
            return Results.Json(job, statusCode: 201);
        if (body.LastUpdate == Text(version))
        {
            version = await queue.WaitForChange(version, cancellationToken);
            if (await handover.Next(runner, report, cancellationToken) is { } late)
                return Results.Json(late, statusCode: 201);
        }
        context.Response.Headers[LastUpdate] = Text(version);
        return Results.NoContent();
    }

    private static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);

    internal sealed record AskBody(string? Token, string? SystemId, string? LastUpdate, InfoBody? Info)
    {
        public RunnerReport ToReport()
        {
            var features = (Info?.Features?.CancelGracefully == true ? RunnerFeatures.CancelGracefully : 0) | (Info?.Features?.ReturnExitCode == true ? RunnerFeatures.ReturnExitCode : 0);
            return new RunnerReport(RunnerReport.Clean(SystemId), RunnerReport.Clean(Info?.Version), RunnerReport.Clean($"{Info?.Platform}/{Info?.Architecture}"), features);
        }
    }

    internal sealed record InfoBody(string? Version, string? Platform, string? Architecture, FeaturesBody? Features);

    internal sealed record FeaturesBody(bool? CancelGracefully, bool? ReturnExitCode);
}
