using Berth.Server.Access.Accounts;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Access.Tokens;

/// <summary>/api/v4/users/:id/impersonation_tokens, as GitLab's: tokens by which administrators act as a user.</summary>
internal static class ImpersonationTokenEndpoints
{
    public static void MapImpersonationTokens(this IEndpointRouteBuilder routes)
    {
        const string Route = "/api/v4/users/{userId:long}/impersonation_tokens";
        var read = new AccessRule.Api(TokenScopes.Api | TokenScopes.ReadApi, Admin: true);
        var write = new AccessRule.Api(TokenScopes.Api, Admin: true);
        routes.MapGet(Route, List).WithSummary("Lists a user's impersonation tokens").Produces<ApiAccessToken[]>().WithMetadata(read).WithMetadata(ApiParameter.Paging);
        routes.MapGet(Route + "/{id:long}", Get).WithSummary("Shows an impersonation token").Produces<ApiAccessToken>().WithMetadata(read);
        routes.MapPost(Route, Create).WithSummary("Makes an impersonation token").Produces<ApiAccessToken>(201).WithMetadata(write);
        routes.MapDelete(Route + "/{id:long}", Revoke).WithSummary("Revokes an impersonation token").Produces(204).WithMetadata(write);
    }

    private static async Task<IResult> List(
        ApiAccess access, HttpContext context, long userId, Users users, AccessTokenList tokens, BerthSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await users.Find(userId, cancellationToken) is null)
            return ApiError.NotFound("User");
        var (filter, refusal) = AccessTokenQuery.Read(context.Request.Query);
        if (filter is null)
            return refusal!;
        var page = ApiPage.Of(context.Request);
        var (rows, counted) = await tokens.Impersonations(access, userId, filter, page, cancellationToken);
        page.WriteHeaders(context, settings, counted);
        return Results.Json(rows.Select(row => new ApiAccessToken(row, time)));
    }

    private static async Task<IResult> Get(long userId, long id, AccessTokens tokens, TimeProvider time, CancellationToken cancellationToken) =>
        await tokens.Find(id, cancellationToken) is { } row && IsOf(row, userId) ? Results.Json(new ApiAccessToken(row, time)) : ApiError.NotFound("Impersonation Token");

    private static async Task<IResult> Create(
        ApiAccess access, long userId, NewTokenBody body, Users users, AccessTokens tokens, TokenLifetimes lifetimes, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await users.Find(userId, cancellationToken) is not { IsBot: false })
            return ApiError.NotFound("User");
        var (wanted, refusal) = body.Read(AccessTokenKind.Impersonation, userId, lifetimes);
        if (wanted is null)
            return refusal!;
        var (row, secret) = await tokens.Create(access, wanted);
        return Results.Json(new ApiAccessToken(row, time, secret), statusCode: 201);
    }

    private static async Task<IResult> Revoke(ApiAccess access, long userId, long id, AccessTokens tokens) =>
        await tokens.Revoke(access.Caller, id, row => IsOf(row, userId)) ? Results.NoContent() : ApiError.NotFound("Impersonation Token");

    private static bool IsOf(AccessTokenRow row, long userId) => row.UserId == userId && row.Kind == (long)AccessTokenKind.Impersonation;
}
