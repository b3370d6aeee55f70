using System.Globalization;
using System.Text.RegularExpressions;
using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Access;

/// <summary>/api/v4/projects/:id/deploy_tokens, as GitLab's.</summary>
internal static partial class DeployTokenEndpoints
{
    private const int MaxText = 255;

    public static void MapDeployTokens(this IEndpointRouteBuilder routes)
    {
        const string Route = "/api/v4/projects/{id}/deploy_tokens";
        routes.MapGet(Route, List).WithMetadata(new AccessRule.Project(TokenScopes.Api | TokenScopes.ReadApi, AccessLevel.Maintainer));
        routes.MapPost(Route, Create).WithMetadata(new AccessRule.Project(TokenScopes.Api, AccessLevel.Maintainer));
        routes.MapGet(Route + "/{token:long}", Get).WithMetadata(new AccessRule.Project(TokenScopes.Api | TokenScopes.ReadApi, AccessLevel.Maintainer));
        routes.MapDelete(Route + "/{token:long}", Revoke).WithMetadata(new AccessRule.Project(TokenScopes.Api, AccessLevel.Maintainer));
    }

    private static async Task<IResult> List(ProjectAccess access, DeployTokens tokens, TimeProvider time, CancellationToken cancellationToken) =>
        Results.Json((await tokens.List(access, cancellationToken)).Select(row => View(row, time)));

    private static async Task<IResult> Get(ProjectAccess access, long token, DeployTokens tokens, TimeProvider time, CancellationToken cancellationToken) =>
        await tokens.Find(access, token, cancellationToken) is { } row ? Results.Json(View(row, time)) : ApiError.NotFound("Deploy Token");

    private static async Task<IResult> Revoke(ProjectAccess access, long token, DeployTokens tokens) =>
        await tokens.Revoke(access, token) ? Results.NoContent() : ApiError.NotFound("Deploy Token");

    private static async Task<IResult> Create(ProjectAccess access, NewDeployTokenBody body, DeployTokens tokens, TimeProvider time)
    {
        if (string.IsNullOrWhiteSpace(body.Name) || body.Name.Length > MaxText)
            return ApiError.Invalid("name", $"is missing, or longer than {MaxText} characters");
        if (body.Username is { } username && (username.Length is 0 or > MaxText || !Username().IsMatch(username)))
            return ApiError.Invalid("username", "can contain only letters, digits, '_', '-', '+', and '.'");
        var scopes = TokenScopes.None;
        foreach (var word in body.Scopes ?? [])
        {
            if (!TokenScopeNames.TryParse(word, out var scope) || (scope & DeployTokens.Scopes) == 0)
                return ApiError.Invalid("scopes", $"'{word}' is no scope of deploy tokens: {string.Join(", ", DeployTokens.Scopes.Names())}");
            scopes |= scope;
        }
        if (scopes == TokenScopes.None)
            return ApiError.Invalid("scopes", $"can't be blank: {string.Join(", ", DeployTokens.Scopes.Names())}");
        if (body.ExpiresAt is { } expires && expires <= time.GetUtcNow())
            return ApiError.Invalid("expires_at", "must be in the future");
        var (row, secret) = await tokens.Create(access, body.Name, body.Username, scopes, body.ExpiresAt is { } at ? Clock.Micros(at) : null);
        return Results.Json(View(row, time, secret), statusCode: 201);
    }

    private static Dictionary<string, object?> View(DeployTokenRow row, TimeProvider time, string? secret = null)
    {
        var view = new Dictionary<string, object?>
        {
            ["id"] = row.Id,
            ["name"] = row.Name,
            ["username"] = row.Username,
            ["expires_at"] = row.ExpiresAt is { } at ? Clock.FromMicros(at).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) : null,
            ["revoked"] = row.RevokedAt is not null,
            ["expired"] = row.ExpiresAt <= time.Micros(),
            ["scopes"] = ((TokenScopes)row.Scopes).Names(),
        };
        if (secret is not null)
            view["token"] = secret;
        return view;
    }

    [GeneratedRegex("^[a-zA-Z0-9.+_-]+$")]
    private static partial Regex Username();

    internal sealed record NewDeployTokenBody(string? Name, string? Username, string[]? Scopes, DateTimeOffset? ExpiresAt);
}
