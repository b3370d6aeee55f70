using Berth.Server.Access.Accounts;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Access.Tokens;

/// <summary>/api/v4/personal_access_tokens and where users get theirs, as GitLab's; shown once.</summary>
internal static class PersonalTokenEndpoints
{
    private const string Route = "/api/v4/personal_access_tokens";

    public static void MapPersonalTokens(this IEndpointRouteBuilder routes)
    {
        var read = new AccessRule.Api(TokenScopes.Api | TokenScopes.ReadApi);
        var write = new AccessRule.Api(TokenScopes.Api);
        routes.MapGet(Route, List).WithSummary("Lists personal access tokens").Produces<ApiAccessToken[]>().WithMetadata(read).WithMetadata(ApiParameter.Paging);
        routes.MapGet(Route + "/{id:long}", Get).WithSummary("Shows a personal access token").Produces<ApiAccessToken>().WithMetadata(read);
        routes.MapDelete(Route + "/{id:long}", Revoke).WithSummary("Revokes a personal access token").Produces(204).WithMetadata(write);
        routes.MapPost(Route + "/{id:long}/rotate", Rotate).WithSummary("Rotates a personal access token").Produces<ApiAccessToken>().WithMetadata(write);
        routes.MapPost("/api/v4/user/personal_access_tokens", CreateOwn).WithSummary("Makes an access token of one's own").Produces<ApiAccessToken>(201).WithMetadata(write);
        routes.MapPost("/api/v4/users/{userId:long}/personal_access_tokens", Create).WithSummary("Makes an access token for a user").Produces<ApiAccessToken>(201).WithMetadata(new AccessRule.Api(TokenScopes.Api, Admin: true));
    }

    private static async Task<IResult> List(ApiAccess access, HttpContext context, AccessTokenList tokens, BerthSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var (filter, refusal) = AccessTokenQuery.Read(context.Request.Query);
        if (filter is null)
            return refusal!;
        if (!access.Caller.IsAdmin)
        {
            if (filter.UserId is { } other && other != access.Caller.UserId)
                return ApiError.Of(401, "401 Unauthorized - the tokens of others are for administrators");
            filter = filter with { UserId = access.Caller.UserId };
        }
        var page = ApiPage.Of(context.Request);
        var (rows, counted) = await tokens.Page(access, filter, page, cancellationToken);
        page.WriteHeaders(context, settings, counted);
        return Results.Json(rows.Select(row => new ApiAccessToken(row, time)));
    }

    private static async Task<IResult> Get(ApiAccess access, long id, AccessTokens tokens, TimeProvider time, CancellationToken cancellationToken) =>
        await tokens.Find(id, cancellationToken) is { } row && IsTheirs(access, row) ? Results.Json(new ApiAccessToken(row, time)) : Missing(access);

    private static async Task<IResult> Revoke(ApiAccess access, long id, AccessTokens tokens) =>
        await tokens.Revoke(access.Caller, id, row => IsTheirs(access, row)) ? Results.NoContent() : ApiError.NotFound("Personal Access Token");

    private static async Task<IResult> Rotate(ApiAccess access, long id, RotateBody? body, AccessTokens tokens, TokenRotation rotation, CancellationToken cancellationToken)
    {
        if (await tokens.Find(id, cancellationToken) is { Kind: not (long)AccessTokenKind.Personal } other && IsTheirs(access, other))
            return ApiError.Of(405, "405 Method Not Allowed - this is no personal access token: rotate it where it was made");
        return await rotation.Answer(access.Caller, id, row => IsTheirs(access, row), body, Missing(access));
    }

    private static Task<IResult> CreateOwn(ApiAccess access, NewTokenBody body, AccessTokens tokens, TokenLifetimes lifetimes, TimeProvider time) => access.Caller.IsBot
        ? Task.FromResult(ApiError.Of(403, "403 Forbidden - the bot of a token gets no tokens of its own"))
        : Make(access, access.Caller.UserId!.Value, body, tokens, lifetimes, time);

    private static async Task<IResult> Create(
        ApiAccess access, long userId, NewTokenBody body, Users users, AccessTokens tokens, TokenLifetimes lifetimes, TimeProvider time, CancellationToken cancellationToken) =>
        await users.Find(userId, cancellationToken) is { IsBot: false } ? await Make(access, userId, body, tokens, lifetimes, time) : ApiError.NotFound("User");

    private static async Task<IResult> Make(ApiAccess access, long userId, NewTokenBody body, AccessTokens tokens, TokenLifetimes lifetimes, TimeProvider time)
    {
        var (wanted, refusal) = body.Read(AccessTokenKind.Personal, userId, lifetimes);
        if (wanted is null)
            return refusal!;
        var (row, secret) = await tokens.Create(access, wanted);
        return Results.Json(new ApiAccessToken(row, time, secret), statusCode: 201);
    }

    /// <summary>GitLab's: tokens for impersonation are their administrators', not of the user whom they act as.</summary>
    private static bool IsTheirs(ApiAccess access, AccessTokenRow row) =>
        access.Caller.IsAdmin || (row.UserId == access.Caller.UserId && row.Kind != (long)AccessTokenKind.Impersonation);

    /// <summary>GitLab's: only administrators are told that there is none.</summary>
    private static IResult Missing(ApiAccess access) => access.Caller.IsAdmin ? ApiError.NotFound("Personal Access Token") : ApiError.Of(401, "401 Unauthorized");
}
