using System.Text.Json;
using Berth.Server.Access;
using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Ci;

/// <summary>/api/v4/user/runners, /api/v4/runners/:id and the registration tokens: runners as people make and change them, as GitLab's.</summary>
internal static class RunnerAdministrationEndpoints
{
    public static void MapRunnerAdministration(this IEndpointRouteBuilder routes)
    {
        var admin = new AccessRule.Api(TokenScopes.Api, Admin: true);
        var manage = new AccessRule.Api(TokenScopes.Api | TokenScopes.ManageRunner, Admin: true);
        routes.MapPost("/api/v4/user/runners", Create).WithSummary("Makes a runner").Produces<ApiNewRunner>(201).WithMetadata(new AccessRule.Api(TokenScopes.Api | TokenScopes.CreateRunner));
        routes.MapGet("/api/v4/runners/all", All).WithSummary("Lists all runners").Produces<ApiRunner[]>().WithMetadata(admin).WithMetadata(ApiParameter.Paging);
        routes.MapGet("/api/v4/runners/{id:long}", Get).WithSummary("Shows a runner").Produces<ApiRunner>().WithMetadata(manage);
        routes.MapPut("/api/v4/runners/{id:long}", Change).WithSummary("Changes a runner").Produces<ApiRunner>().WithMetadata(manage);
        routes.MapDelete("/api/v4/runners/{id:long}", Delete).WithSummary("Deletes a runner").Produces(204).WithMetadata(manage);
        routes.MapPost("/api/v4/runners/{id:long}/reset_authentication_token", ResetToken).WithSummary("Gives a runner another token").Produces<ApiRunnerToken>(201).WithMetadata(manage);
        routes.MapGet("/api/v4/runners/registration_token", InstanceToken).WithSummary("Shows the registration token of the instance").Produces<ApiRunnerToken>().WithMetadata(admin);
        routes.MapGet("/api/v4/projects/{id}/runners", OfProject).WithSummary("Lists a project's runners").Produces<ApiRunner[]>().WithMetadata(new AccessRule.Project(TokenScopes.Api | TokenScopes.ReadApi, AccessLevel.Maintainer)).WithMetadata(ApiParameter.Paging);
        routes.MapGet("/api/v4/projects/{id}/runners/registration_token", ProjectToken).WithSummary("Shows the registration token of a project").Produces<ApiRunnerToken>().WithMetadata(new AccessRule.Project(TokenScopes.Api, AccessLevel.Maintainer));
    }

    private static async Task<IResult> Create(ApiAccess access, NewRunnerBody body, Runners runners, ProjectRows projects, ImageTargets targets, CancellationToken cancellationToken)
    {
        switch (body.RunnerType)
        {
            case "instance_type" when access.Caller.IsAdmin:
                return await Make(body.ToNewRunner(null, access.Caller.UserId), access.Caller, runners);
            case "instance_type":
                return ApiError.Of(403, "403 Forbidden - only administrators make runners of the instance");
            case "project_type" when body.ProjectId is { } id:
                var project = await projects.Find(id.ToString(System.Globalization.CultureInfo.InvariantCulture), cancellationToken);
                // Asked for the role even where there is no project, so that the work tells nothing of what the caller may not see.
                var role = await targets.RoleIn(project?.Facts, access.Caller, cancellationToken);
                var decision = project is null ? null : Decision.InProjectApi(access.Caller, project.Facts, role, AccessLevel.Maintainer);
                if (project is null || decision!.Hides)
                    return ApiError.NotFound("Project");
                return decision.Allowed ? await Make(body.ToNewRunner(project.Id, access.Caller.UserId), access.Caller, runners) : ApiError.Of(403, "403 Forbidden - " + decision.Reason);
            default:
                return ApiError.BadRequest("runner_type must be instance_type, or project_type with a project_id");
        }
    }

    private static async Task<IResult> Make(NewRunner wanted, Caller caller, Runners runners)
    {
        if (wanted.Refusal() is { } refusal)
            return refusal.ToResult();
        var (row, token) = await runners.Create(wanted, caller);
        return Results.Json(new ApiNewRunner(row.Id, token), statusCode: 201);
    }

    private static async Task<IResult> All(HttpContext context, Runners runners, BerthSettings settings, TimeProvider time)
    {
        var page = ApiPage.Of(context.Request);
        return Answer(context, settings, page, await runners.All(page, context.RequestAborted), time);
    }

    private static async Task<IResult> OfProject(ProjectAccess access, HttpContext context, Runners runners, BerthSettings settings, TimeProvider time)
    {
        var page = ApiPage.Of(context.Request);
        return Answer(context, settings, page, await runners.OfProject(access.Project.Id, page, context.RequestAborted), time);
    }

    private static IResult Answer(HttpContext context, BerthSettings settings, ApiPage page, (List<RunnerRow> Rows, int Counted) found, TimeProvider time)
    {
        page.WriteHeaders(context, settings, found.Counted);
        return Results.Json(found.Rows.Select(row => new ApiRunner(row, time)));
    }

    private static async Task<IResult> Get(long id, Runners runners, TimeProvider time, CancellationToken cancellationToken) =>
        await runners.Find(id, cancellationToken) is { } row ? Results.Json(new ApiRunner(row, time)) : ApiError.NotFound("Runner");

    private static async Task<IResult> Change(ApiAccess access, long id, ChangedRunnerBody body, Runners runners, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await runners.Find(id, cancellationToken) is not { } row)
            return ApiError.NotFound("Runner");
        var wanted = body.Over(row);
        if (wanted.Refusal() is { } refusal)
            return refusal.ToResult();
        await runners.Change(row with
        {
            Description = wanted.Description,
            Tags = JsonSerializer.Serialize(wanted.Tags),
            RunUntagged = wanted.RunUntagged ? 1 : 0,
            Locked = wanted.Locked ? 1 : 0,
            Paused = wanted.Paused ? 1 : 0,
            ProtectedOnly = wanted.ProtectedOnly ? 1 : 0,
            MaximumTimeout = wanted.MaximumTimeout,
        }, access.Caller);
        return Results.Json(new ApiRunner((await runners.Find(id, cancellationToken))!, time));
    }

    private static async Task<IResult> Delete(ApiAccess access, long id, Runners runners, CancellationToken cancellationToken)
    {
        if (await runners.Find(id, cancellationToken) is not { } row)
            return ApiError.NotFound("Runner");
        await runners.Delete(row, access.Caller);
        return Results.NoContent();
    }

    private static async Task<IResult> ResetToken(ApiAccess access, long id, Runners runners, CancellationToken cancellationToken) =>
        await runners.Find(id, cancellationToken) is { } row
            ? Results.Json(new ApiRunnerToken(await runners.ResetToken(row, access.Caller)), statusCode: 201)
            : ApiError.NotFound("Runner");

    private static async Task<IResult> InstanceToken(Runners runners) => Results.Json(new ApiRunnerToken(await runners.RegistrationToken(null)));

    private static async Task<IResult> ProjectToken(ProjectAccess access, Runners runners) => Results.Json(new ApiRunnerToken(await runners.RegistrationToken(access.Project.Id)));

    internal sealed record NewRunnerBody(
        string? RunnerType, long? ProjectId, string? Description, JsonElement? TagList, bool? RunUntagged, bool? Locked, bool? Paused, string? AccessLevel, long? MaximumTimeout)
    {
        public NewRunner ToNewRunner(long? projectId, long? createdBy)
        {
            var tags = RunnerBody.Tags(TagList);
            return new NewRunner(projectId, createdBy, Description ?? "", tags, RunUntagged ?? tags.Count == 0, Locked ?? false, Paused ?? false, AccessLevel == "ref_protected", MaximumTimeout is > 0 ? MaximumTimeout : null);
        }
    }

    internal sealed record ChangedRunnerBody(string? Description, JsonElement? TagList, bool? RunUntagged, bool? Locked, bool? Paused, string? AccessLevel, long? MaximumTimeout)
    {
        public NewRunner Over(RunnerRow row) => new(row.ProjectId, null, Description ?? row.Description, TagList is null ? row.TagList() : RunnerBody.Tags(TagList),
            RunUntagged ?? row.RunUntagged != 0, Locked ?? row.Locked != 0, Paused ?? row.Paused != 0,
            AccessLevel is null ? row.ProtectedOnly != 0 : AccessLevel == "ref_protected", MaximumTimeout ?? row.MaximumTimeout);
    }
}
