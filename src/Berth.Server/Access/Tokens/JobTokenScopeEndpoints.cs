using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Access.Tokens;

/// <summary>/api/v4/projects/:id/job_token_scope and its allow-list of projects, as GitLab's.</summary>
internal static class JobTokenScopeEndpoints
{
    public static void MapJobTokenScopes(this IEndpointRouteBuilder routes)
    {
        const string Route = "/api/v4/projects/{id}/job_token_scope";
        var read = new AccessRule.Project(TokenScopes.Api | TokenScopes.ReadApi, AccessLevel.Maintainer);
        var write = new AccessRule.Project(TokenScopes.Api, AccessLevel.Maintainer);
        routes.MapGet(Route, Get).WithSummary("Shows whose jobs may use a project").Produces<ApiJobTokenScope>().WithMetadata(read);
        routes.MapPatch(Route, Change).WithSummary("Switches the list of projects whose jobs may in").Produces(204).WithMetadata(write);
        routes.MapGet(Route + "/allowlist", List).WithSummary("Lists the projects whose jobs may in").Produces<ApiAllowedProject[]>().WithMetadata(read).WithMetadata(ApiParameter.Paging);
        routes.MapPost(Route + "/allowlist", Add).WithSummary("Lets a project's jobs in").Produces<ApiAllowance>(201).WithMetadata(write);
        routes.MapDelete(Route + "/allowlist/{target:long}", Remove).WithSummary("Keeps a project's jobs out").Produces(204).WithMetadata(write);
    }

    private static async Task<IResult> Get(ProjectAccess access, JobTokenScopes scopes, CancellationToken cancellationToken) =>
        Results.Json(new ApiJobTokenScope(InboundEnabled: await scopes.IsLimited(access, cancellationToken), OutboundEnabled: false));

    private static async Task<IResult> Change(ProjectAccess access, ScopeBody body, JobTokenScopes scopes)
    {
        if (body.Enabled is not { } enabled)
            return ApiError.BadRequest("enabled is missing");
        await scopes.SetLimited(access, enabled);
        return Results.NoContent();
    }

    private static async Task<IResult> List(ProjectAccess access, HttpContext context, JobTokenScopes scopes, BerthSettings settings, CancellationToken cancellationToken)
    {
        var rows = await scopes.Allowed(access, cancellationToken);
        var page = ApiPage.Of(context.Request);
        page.WriteHeaders(context, settings, rows.Count);
        return Results.Json(rows.Skip(page.Skip).Take(page.Size).Select(row => new ApiAllowedProject(row.Id, row.Name, row.Path, row.FullPath, ApiTime.Of(row.CreatedAt))));
    }

    private static async Task<IResult> Add(ProjectAccess access, TargetBody body, JobTokenScopes scopes, ProjectRows projects, ImageTargets targets, CancellationToken cancellationToken)
    {
        if (body.TargetProjectId is not { } id)
            return ApiError.BadRequest("target_project_id is missing");
        var project = await projects.Find(id.ToString(System.Globalization.CultureInfo.InvariantCulture), cancellationToken);
        var role = await targets.RoleIn(project?.Facts, access.Caller, cancellationToken);
        if (project is null || !Decision.ToSee(access.Caller, project.Facts, role).Allowed)
            return ApiError.NotFound("Target Project");
        return await scopes.Allow(access, project)
            ? Results.Json(new ApiAllowance(access.Project.Id, project.Id), statusCode: 201)
            : ApiError.Of(400, $"400 Bad request - the list is full: it takes {JobTokenScopes.MaxAllowed} projects");
    }

    private static async Task<IResult> Remove(ProjectAccess access, long target, JobTokenScopes scopes) =>
        await scopes.Disallow(access, target) ? Results.NoContent() : ApiError.NotFound("Target Project");

    internal sealed record ScopeBody(bool? Enabled);

    internal sealed record TargetBody(long? TargetProjectId);

    internal sealed record ApiJobTokenScope(bool InboundEnabled, bool OutboundEnabled);

    internal sealed record ApiAllowedProject(long Id, string Name, string Path, string PathWithNamespace, string CreatedAt);

    internal sealed record ApiAllowance(long SourceProjectId, long TargetProjectId);
}
