using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Access.Tokens;

/// <summary>/api/v4/projects/:id/access_tokens and the same of groups, as GitLab's. A token of a project or group makes no others.</summary>
internal static class OwnedTokenEndpoints
{
    private const string OneToken = "/{token:long}";

    private static readonly AccessLevel[] Roles = [AccessLevel.Guest, AccessLevel.Reporter, AccessLevel.Developer, AccessLevel.Maintainer, AccessLevel.Owner];

    public static void MapOwnedTokens(this IEndpointRouteBuilder routes)
    {
        const string Project = "/api/v4/projects/{id}/access_tokens";
        var read = new AccessRule.Project(TokenScopes.Api | TokenScopes.ReadApi, AccessLevel.Maintainer);
        var write = new AccessRule.Project(TokenScopes.Api, AccessLevel.Maintainer);
        routes.MapGet(Project, (ProjectAccess access, HttpContext context, AccessTokenList tokens, BerthSettings settings, TimeProvider time) => List(TokenOwner.Of(access), context, tokens, settings, time)).WithSummary("Lists a project's access tokens").Produces<ApiAccessToken[]>().WithMetadata(read).WithMetadata(ApiParameter.Paging);
        routes.MapGet(Project + OneToken, (ProjectAccess access, long token, HttpContext context, OwnedTokens tokens, TimeProvider time) => Get(TokenOwner.Of(access), token, tokens, time, context.RequestAborted)).WithSummary("Shows an access token of a project").Produces<ApiAccessToken>().WithMetadata(read);
        routes.MapPost(Project, (ProjectAccess access, NewTokenBody body, OwnedTokens tokens, TokenLifetimes lifetimes, TimeProvider time) => Create(TokenOwner.Of(access), body, tokens, lifetimes, time)).WithSummary("Makes an access token of a project").Produces<ApiAccessToken>(201).WithMetadata(write);
        routes.MapDelete(Project + OneToken, (ProjectAccess access, long token, AccessTokens tokens) => Revoke(TokenOwner.Of(access), token, tokens)).WithSummary("Revokes an access token of a project").Produces(204).WithMetadata(write);
        routes.MapPost(Project + OneToken + "/rotate", (ProjectAccess access, long token, RotateBody? body, TokenRotation rotation) => Rotate(TokenOwner.Of(access), token, body, rotation)).WithSummary("Rotates an access token of a project").Produces<ApiAccessToken>().WithMetadata(write);
        MapOfGroups(routes);
    }

    private static void MapOfGroups(IEndpointRouteBuilder routes)
    {
        const string Group = "/api/v4/groups/{id}/access_tokens";
        var read = new AccessRule.Group(TokenScopes.Api | TokenScopes.ReadApi, AccessLevel.Owner);
        var write = new AccessRule.Group(TokenScopes.Api, AccessLevel.Owner);
        routes.MapGet(Group, (GroupAccess access, HttpContext context, AccessTokenList tokens, BerthSettings settings, TimeProvider time) => List(TokenOwner.Of(access), context, tokens, settings, time)).WithSummary("Lists a group's access tokens").Produces<ApiAccessToken[]>().WithMetadata(read).WithMetadata(ApiParameter.Paging);
        routes.MapGet(Group + OneToken, (GroupAccess access, long token, HttpContext context, OwnedTokens tokens, TimeProvider time) => Get(TokenOwner.Of(access), token, tokens, time, context.RequestAborted)).WithSummary("Shows an access token of a group").Produces<ApiAccessToken>().WithMetadata(read);
        routes.MapPost(Group, (GroupAccess access, NewTokenBody body, OwnedTokens tokens, TokenLifetimes lifetimes, TimeProvider time) => Create(TokenOwner.Of(access), body, tokens, lifetimes, time)).WithSummary("Makes an access token of a group").Produces<ApiAccessToken>(201).WithMetadata(write);
        routes.MapDelete(Group + OneToken, (GroupAccess access, long token, AccessTokens tokens) => Revoke(TokenOwner.Of(access), token, tokens)).WithSummary("Revokes an access token of a group").Produces(204).WithMetadata(write);
        routes.MapPost(Group + OneToken + "/rotate", (GroupAccess access, long token, RotateBody? body, TokenRotation rotation) => Rotate(TokenOwner.Of(access), token, body, rotation)).WithSummary("Rotates an access token of a group").Produces<ApiAccessToken>().WithMetadata(write);
    }

    private static async Task<IResult> List(TokenOwner owner, HttpContext context, AccessTokenList tokens, BerthSettings settings, TimeProvider time)
    {
        var (filter, refusal) = AccessTokenQuery.Read(context.Request.Query);
        if (filter is null)
            return refusal!;
        var page = ApiPage.Of(context.Request);
        var (rows, counted) = await tokens.Owned(owner, filter, page, context.RequestAborted);
        page.WriteHeaders(context, settings, counted);
        return Results.Json(rows.Select(row => new ApiAccessToken(row, time)));
    }

    private static async Task<IResult> Get(TokenOwner owner, long id, OwnedTokens tokens, TimeProvider time, CancellationToken cancellationToken) =>
        await tokens.Find(owner, id, cancellationToken) is { } row ? Results.Json(new ApiAccessToken(row, time)) : Missing(owner);

    private static async Task<IResult> Create(TokenOwner owner, NewTokenBody body, OwnedTokens tokens, TokenLifetimes lifetimes, TimeProvider time)
    {
        if (owner.Caller.IsBot)
            return ApiError.Of(403, $"403 Forbidden - the token of a {owner.Word} makes no others: use one of your own");
        var (wanted, refusal) = body.Read(owner.ProjectId is null ? AccessTokenKind.Group : AccessTokenKind.Project, userId: 0, lifetimes);
        if (wanted is null)
            return refusal!;
        var role = (AccessLevel)(body.AccessLevel ?? (long)AccessLevel.Maintainer);
        if (!Roles.Contains(role))
            return ApiError.BadRequest($"access_level does not have a valid value: it is {string.Join(", ", Roles.Select(known => $"{(int)known} ({known})"))}");
        if (role > owner.Role)
            return ApiError.Of(400, $"400 Bad request - a token cannot have the role {role}: yours in this {owner.Word} is {owner.Role}");
        var (row, secret) = await tokens.Create(owner, wanted with { AccessLevel = (long)role });
        return Results.Json(new ApiAccessToken(row, time, secret), statusCode: 201);
    }

    private static async Task<IResult> Revoke(TokenOwner owner, long id, AccessTokens tokens) =>
        await tokens.Revoke(owner.Caller, id, row => OwnedTokens.IsOf(owner, row)) ? Results.NoContent() : Missing(owner);

    /// <summary>Nobody takes over a role above their own: GitLab's, since a rotated token is shown.</summary>
    private static Task<IResult> Rotate(TokenOwner owner, long id, RotateBody? body, TokenRotation rotation) =>
        rotation.Answer(owner.Caller, id, row => OwnedTokens.IsOf(owner, row) && row.AccessLevel <= (long)owner.Role, body, Missing(owner));

    private static IResult Missing(TokenOwner owner) => ApiError.NotFound(owner.ProjectId is null ? "Group Access Token" : "Project Access Token");
}
