using System.Text.Json;
using Berth.Server.Access;
using Berth.Server.Access.Audit;
using Berth.Server.Http;

namespace Berth.Server.Ci;

/// <summary>/api/v4/runners as runners call it: register, verify, unregister, another token. Their token is in the body or RUNNER-TOKEN.</summary>
internal static class RunnerEndpoints
{
    public const string TokenHeader = "RUNNER-TOKEN";

    private const string InBody = "authenticates by the token in the request's body";

    public static void MapRunners(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v4/runners", Register).WithSummary("Registers a runner by a registration token").Produces<ApiNewRunner>(201).WithMetadata(new AccessRule.Open(InBody));
        routes.MapPost("/api/v4/runners/verify", Verify).WithSummary("Verifies a runner's token").Produces<ApiNewRunner>().WithMetadata(new AccessRule.Open(InBody));
        routes.MapDelete("/api/v4/runners", Unregister).WithSummary("Deletes the runner that calls").Produces(204).WithMetadata(new AccessRule.Open(InBody));
        routes.MapDelete("/api/v4/runners/managers", UnregisterManager).WithSummary("Deletes one machine of the runner that calls").Produces(204).WithMetadata(new AccessRule.Open(InBody));
        routes.MapPost("/api/v4/runners/reset_authentication_token", ResetToken).WithSummary("Gives the runner that calls another token").Produces<ApiRunnerToken>(201).WithMetadata(new AccessRule.Open(InBody));
    }

    /// <summary>The way of runners before 16, by a registration token.</summary>
    private static async Task<IResult> Register(RegistrationBody body, HttpContext context, Runners runners, CancellationToken cancellationToken)
    {
        var (known, project) = await runners.FindRegistration(body.Token, cancellationToken);
        if (!known)
            return ApiError.Of(403, "403 Forbidden - the registration token is unknown: take the one of the project or of the instance");
        var wanted = body.ToNewRunner(project, createdBy: null);
        if (wanted.Refusal() is { } refusal)
            return refusal.ToResult();
        var (row, token) = await runners.Create(wanted, new AuditActor(null, "registration token", "registration", ClientAddress.Of(context)));
        return Results.Json(new ApiNewRunner(row.Id, token), statusCode: 201);
    }

    private static async Task<IResult> Verify(TokenBody body, HttpContext context, Runners runners, CancellationToken cancellationToken) =>
        await Authenticate(body, context, runners, cancellationToken) is { } runner
            ? Results.Json(new ApiNewRunner(runner.Row.Id, body.Token ?? context.Request.Headers[TokenHeader].ToString()))
            : Forbidden();

    private static async Task<IResult> Unregister(TokenBody body, HttpContext context, Runners runners, CancellationToken cancellationToken)
    {
        if (await Authenticate(body, context, runners, cancellationToken) is not { } runner)
            return Forbidden();
        await runners.Delete(runner.Row, Itself(runner, context));
        return Results.NoContent();
    }

    /// <summary>One machine of several that share a token goes; the runner itself stays, as in GitLab.</summary>
    private static async Task<IResult> UnregisterManager(TokenBody body, HttpContext context, Runners runners, CancellationToken cancellationToken) =>
        await Authenticate(body, context, runners, cancellationToken) is null ? Forbidden() : Results.NoContent();

    private static async Task<IResult> ResetToken(TokenBody body, HttpContext context, Runners runners, CancellationToken cancellationToken) =>
        await Authenticate(body, context, runners, cancellationToken) is { } runner
            ? Results.Json(new ApiRunnerToken(await runners.ResetToken(runner.Row, Itself(runner, context))), statusCode: 201)
            : Forbidden();

    private static Task<RunnerAccess?> Authenticate(TokenBody body, HttpContext context, Runners runners, CancellationToken cancellationToken) =>
        runners.Authenticate(body.Token ?? context.Request.Headers[TokenHeader].ToString(), cancellationToken);

    private static AuditActor Itself(RunnerAccess runner, HttpContext context) => new(null, "runner", FormattableString.Invariant($"runner:{runner.Row.Id}"), ClientAddress.Of(context));

    private static IResult Forbidden() => ApiError.Of(403, "403 Forbidden");

    internal sealed record TokenBody(string? Token, string? SystemId);

    /// <summary>What gitlab-runner register sends; old ones say active, newer ones paused.</summary>
    internal sealed record RegistrationBody(
        string? Token, string? Description, JsonElement? TagList, bool? RunUntagged, bool? Locked, bool? Paused, bool? Active, string? AccessLevel, long? MaximumTimeout)
    {
        public NewRunner ToNewRunner(long? projectId, long? createdBy)
        {
            var tags = RunnerBody.Tags(TagList);
            return new NewRunner(projectId, createdBy, Description ?? "", tags, RunUntagged ?? tags.Count == 0, Locked ?? false,
                Paused ?? !(Active ?? true), AccessLevel == "ref_protected", MaximumTimeout is > 0 ? MaximumTimeout : null);
        }
    }
}
