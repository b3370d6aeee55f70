using Berth.Server.Configuration;
using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Access.Tokens;

/// <summary>/api/v4/deploy_tokens and those of projects and groups, as GitLab's.</summary>
internal static class DeployTokenEndpoints
{
    private const string OneToken = "/{token:long}";

    public static void MapDeployTokens(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v4/deploy_tokens", All).WithSummary("Lists all deploy tokens").Produces<ApiDeployToken[]>().WithMetadata(new AccessRule.Api(TokenScopes.Api | TokenScopes.ReadApi, Admin: true)).WithMetadata(ApiParameter.Paging);
        const string Project = "/api/v4/projects/{id}/deploy_tokens";
        var read = new AccessRule.Project(TokenScopes.Api | TokenScopes.ReadApi, AccessLevel.Maintainer);
        var write = new AccessRule.Project(TokenScopes.Api, AccessLevel.Maintainer);
        routes.MapGet(Project, (ProjectAccess access, HttpContext context, DeployTokens tokens, BerthSettings settings, TimeProvider time) => List(TokenOwner.Of(access), context, tokens, settings, time)).WithSummary("Lists a project's deploy tokens").Produces<ApiDeployToken[]>().WithMetadata(read).WithMetadata(ApiParameter.Paging);
        routes.MapPost(Project, (ProjectAccess access, NewDeployTokenBody body, DeployTokens tokens, TimeProvider time) => Create(TokenOwner.Of(access), body, tokens, time)).WithSummary("Makes a deploy token of a project").Produces<ApiDeployToken>(201).WithMetadata(write);
        routes.MapGet(Project + OneToken, (ProjectAccess access, long token, HttpContext context, DeployTokens tokens, TimeProvider time) => Get(TokenOwner.Of(access), token, tokens, time, context.RequestAborted)).WithSummary("Shows a deploy token of a project").Produces<ApiDeployToken>().WithMetadata(read);
        routes.MapDelete(Project + OneToken, (ProjectAccess access, long token, DeployTokens tokens) => Revoke(TokenOwner.Of(access), token, tokens)).WithSummary("Revokes a deploy token of a project").Produces(204).WithMetadata(write);
        MapOfGroups(routes);
    }

    private static void MapOfGroups(IEndpointRouteBuilder routes)
    {
        const string Group = "/api/v4/groups/{id}/deploy_tokens";
        var read = new AccessRule.Group(TokenScopes.Api | TokenScopes.ReadApi, AccessLevel.Owner);
        var write = new AccessRule.Group(TokenScopes.Api, AccessLevel.Owner);
        routes.MapGet(Group, (GroupAccess access, HttpContext context, DeployTokens tokens, BerthSettings settings, TimeProvider time) => List(TokenOwner.Of(access), context, tokens, settings, time)).WithSummary("Lists a group's deploy tokens").Produces<ApiDeployToken[]>().WithMetadata(read).WithMetadata(ApiParameter.Paging);
        routes.MapPost(Group, (GroupAccess access, NewDeployTokenBody body, DeployTokens tokens, TimeProvider time) => Create(TokenOwner.Of(access), body, tokens, time)).WithSummary("Makes a deploy token of a group").Produces<ApiDeployToken>(201).WithMetadata(write);
        routes.MapGet(Group + OneToken, (GroupAccess access, long token, HttpContext context, DeployTokens tokens, TimeProvider time) => Get(TokenOwner.Of(access), token, tokens, time, context.RequestAborted)).WithSummary("Shows a deploy token of a group").Produces<ApiDeployToken>().WithMetadata(read);
        routes.MapDelete(Group + OneToken, (GroupAccess access, long token, DeployTokens tokens) => Revoke(TokenOwner.Of(access), token, tokens)).WithSummary("Revokes a deploy token of a group").Produces(204).WithMetadata(write);
    }

    private static async Task<IResult> All(ApiAccess access, HttpContext context, DeployTokens tokens, BerthSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!TryReadActive(context.Request, out var active))
            return ApiError.BadRequest("active is invalid");
        var page = ApiPage.Of(context.Request);
        var (rows, counted) = await tokens.PageOfAll(access, active, page, cancellationToken);
        page.WriteHeaders(context, settings, counted);
        return Results.Json(rows.Select(row => new ApiDeployToken(row, time)));
    }

    private static async Task<IResult> List(TokenOwner owner, HttpContext context, DeployTokens tokens, BerthSettings settings, TimeProvider time)
    {
        if (!TryReadActive(context.Request, out var active))
            return ApiError.BadRequest("active is invalid");
        var page = ApiPage.Of(context.Request);
        var (rows, counted) = await tokens.Page(owner, active, page, context.RequestAborted);
        page.WriteHeaders(context, settings, counted);
        return Results.Json(rows.Select(row => new ApiDeployToken(row, time)));
    }

    private static async Task<IResult> Get(TokenOwner owner, long id, DeployTokens tokens, TimeProvider time, CancellationToken cancellationToken) =>
        await tokens.Find(owner, id, cancellationToken) is { } row ? Results.Json(new ApiDeployToken(row, time)) : ApiError.NotFound("Deploy Token");

    private static async Task<IResult> Revoke(TokenOwner owner, long id, DeployTokens tokens) =>
        await tokens.Revoke(owner, id) ? Results.NoContent() : ApiError.NotFound("Deploy Token");

    private static async Task<IResult> Create(TokenOwner owner, NewDeployTokenBody body, DeployTokens tokens, TimeProvider time)
    {
        var (scopes, refusal) = body.Read(time);
        if (refusal is not null)
            return refusal;
        var (row, secret) = await tokens.Create(owner, body.Name!, body.Username, scopes, body.ExpiresAt is { } at ? Clock.Micros(at) : null);
        return Results.Json(new ApiDeployToken(row, time, secret), statusCode: 201);
    }

    private static bool TryReadActive(HttpRequest request, out bool? active)
    {
        var text = request.Query["active"].ToString();
        active = ApiFlags.Parse(text);
        return text.Length == 0 || active is not null;
    }
}
