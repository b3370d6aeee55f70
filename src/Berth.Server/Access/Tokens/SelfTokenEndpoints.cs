using Berth.Server.Access.Login;
using Berth.Server.Access.Places;
using Berth.Server.Http;

namespace Berth.Server.Access.Tokens;

/// <summary>What an access token may ask of itself: to be shown and to be ended, whatever its scopes; to be replaced with self_rotate.</summary>
internal static class SelfTokenEndpoints
{
    private const string Route = "/api/v4/personal_access_tokens/self";

    public static void MapSelfTokens(this IEndpointRouteBuilder routes)
    {
        var any = new AccessRule.Api(TokenScopes.All);
        var rotate = new AccessRule.Api(TokenScopes.Api | TokenScopes.SelfRotate);
        routes.MapGet(Route, Get).WithSummary("Shows the token that calls").Produces<ApiAccessToken>().WithMetadata(any);
        routes.MapDelete(Route, Revoke).WithSummary("Revokes the token that calls").Produces(204).WithMetadata(any);
        routes.MapPost(Route + "/rotate", Rotate).WithSummary("Rotates the token that calls").Produces<ApiAccessToken>().WithMetadata(rotate);
        routes.MapPost("/api/v4/projects/{id}/access_tokens/self/rotate", RotateOfProject).WithSummary("Rotates the project access token that calls").Produces<ApiAccessToken>().WithMetadata(rotate);
        routes.MapPost("/api/v4/groups/{id}/access_tokens/self/rotate", RotateOfGroup).WithSummary("Rotates the group access token that calls").Produces<ApiAccessToken>().WithMetadata(rotate);
    }

    private static async Task<IResult> Get(ApiAccess access, AccessTokens tokens, TimeProvider time, CancellationToken cancellationToken) =>
        await Own(access, tokens, cancellationToken) is { } row ? Results.Json(new ApiAccessToken(row, time)) : NoToken();

    private static async Task<IResult> Revoke(ApiAccess access, AccessTokens tokens, CancellationToken cancellationToken) =>
        await Own(access, tokens, cancellationToken) is { } row && await tokens.Revoke(access.Caller, row.Id, _ => true) ? Results.NoContent() : NoToken();

    private static async Task<IResult> Rotate(ApiAccess access, RotateBody? body, AccessTokens tokens, TokenRotation rotation, CancellationToken cancellationToken)
    {
        if (await Own(access, tokens, cancellationToken) is not { } row)
            return NoToken();
        return row.Kind == (long)AccessTokenKind.Personal
            ? await rotation.Answer(access.Caller, row.Id, _ => true, body, NoToken())
            : ApiError.Of(405, "405 Method Not Allowed - this is no personal access token: the token of a project or group rotates itself at its access_tokens/self/rotate");
    }

    private static Task<IResult> RotateOfProject(ApiAccess access, string id, RotateBody? body, AccessTokens tokens, ProjectRows projects, TokenRotation rotation, CancellationToken cancellationToken) =>
        RotateOf(access, body, tokens, rotation, async row =>
            row.ProjectId is { } own && (await projects.Find(Uri.UnescapeDataString(id), cancellationToken))?.Id == own, cancellationToken);

    private static Task<IResult> RotateOfGroup(ApiAccess access, string id, RotateBody? body, AccessTokens tokens, GroupRows groups, TokenRotation rotation, CancellationToken cancellationToken) =>
        RotateOf(access, body, tokens, rotation, async row =>
            row.NamespaceId is { } own && (await groups.Find(Uri.UnescapeDataString(id), cancellationToken))?.Id == own, cancellationToken);

    /// <summary>The address has to name the token's own project or group; any other is answered as what does not exist.</summary>
    private static async Task<IResult> RotateOf(
        ApiAccess access, RotateBody? body, AccessTokens tokens, TokenRotation rotation, Func<AccessTokenRow, Task<bool>> isThere, CancellationToken cancellationToken) =>
        await Own(access, tokens, cancellationToken) is { } row && await isThere(row)
            ? await rotation.Answer(access.Caller, row.Id, _ => true, body, NoToken())
            : ApiError.Of(401, "401 Unauthorized - only an access token of this very project or group rotates itself here");

    private static async Task<AccessTokenRow?> Own(ApiAccess access, AccessTokens tokens, CancellationToken cancellationToken) =>
        access.Caller.Kind == CredentialKind.PersonalAccessToken ? await tokens.Find(access.Caller.CredentialId, cancellationToken) : null;

    private static IResult NoToken() => ApiError.Of(400, "400 Bad request - this is about the access token that makes the request; it was made with another credential");
}
