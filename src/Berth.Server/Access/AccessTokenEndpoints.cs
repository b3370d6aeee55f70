using System.Globalization;
using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Access;

/// <summary>/api/v4/personal_access_tokens and where users get theirs, as GitLab's; shown once.</summary>
internal static class AccessTokenEndpoints
{
    public static void MapAccessTokens(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v4/user/personal_access_tokens", CreateOwn).WithMetadata(new AccessRule.Api(TokenScopes.Api));
        routes.MapPost("/api/v4/users/{userId:long}/personal_access_tokens", Create).WithMetadata(new AccessRule.Api(TokenScopes.Api, Admin: true));
        routes.MapDelete("/api/v4/personal_access_tokens/{id:long}", Revoke).WithMetadata(new AccessRule.Api(TokenScopes.Api));
    }

    private static Task<IResult> CreateOwn(ApiAccess access, NewTokenBody body, AccessTokens tokens, TimeProvider time) =>
        Make(access, access.Caller.UserId!.Value, body, tokens, time);

    private static async Task<IResult> Create(ApiAccess access, long userId, NewTokenBody body, Users users, AccessTokens tokens, TimeProvider time, CancellationToken cancellationToken) =>
        await users.Find(userId, cancellationToken) is null ? ApiError.NotFound("User") : await Make(access, userId, body, tokens, time);

    private static async Task<IResult> Revoke(ApiAccess access, long id, AccessTokens tokens) =>
        await tokens.Revoke(access, id) ? Results.NoContent() : ApiError.NotFound("Personal Access Token");

    private static async Task<IResult> Make(ApiAccess access, long userId, NewTokenBody body, AccessTokens tokens, TimeProvider time)
    {
        if (string.IsNullOrWhiteSpace(body.Name) || body.Scopes is not { Length: > 0 })
            return Results.Json(new { error = "name and scopes are needed: scopes is a list of " + string.Join(", ", TokenScopeNames.Known) }, statusCode: 400);
        if (PlainText.Refusal(body.Name) is { } refusal)
            return ApiError.Invalid("name", refusal);
        var scopes = TokenScopes.None;
        foreach (var word in body.Scopes)
        {
            if (!TokenScopeNames.TryParse(word, out var scope))
                return Results.Json(new { error = $"'{word}' is no scope: scopes are {string.Join(", ", TokenScopeNames.Known)}" }, statusCode: 400);
            scopes |= scope;
        }
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var expires = body.ExpiresAt ?? today.AddDays(AccessTokens.DefaultDays);
        if (expires <= today)
            return ApiError.Invalid("expires_at", "must be a day in the future");
        // A token dies as its day begins, UTC.
        var (row, secret) = await tokens.Create(access, userId, body.Name, scopes, Clock.Micros(new DateTimeOffset(expires, TimeOnly.MinValue, TimeSpan.Zero)));
        return Results.Json(new
        {
            id = row.Id,
            name = row.Name,
            revoked = false,
            created_at = Clock.FromMicros(row.CreatedAt).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            scopes = scopes.Names(),
            user_id = row.UserId,
            last_used_at = (string?)null,
            active = true,
            expires_at = expires.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            token = secret,
        }, statusCode: 201);
    }

    internal sealed record NewTokenBody(string? Name, string?[]? Scopes, DateOnly? ExpiresAt);
}
