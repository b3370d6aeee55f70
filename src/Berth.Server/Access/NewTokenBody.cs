using Berth.Server.Http;

namespace Berth.Server.Access;

/// <summary>The body of a request that makes an access token. <c>AccessLevel</c> is for those of projects and groups.</summary>
internal sealed record NewTokenBody(string? Name, string? Description, string?[]? Scopes, DateOnly? ExpiresAt, long? AccessLevel)
{
    /// <summary>What the body asks for, or the refusal.</summary>
    public (NewAccessToken? Token, IResult? Refusal) Read(AccessTokenKind kind, long userId, TokenLifetimes lifetimes)
    {
        if (string.IsNullOrWhiteSpace(Name) || Scopes is not { Length: > 0 })
            return (null, ApiError.BadRequest("name and scopes are needed: scopes is a list of " + string.Join(", ", TokenScopeNames.Known)));
        if (PlainText.Refusal(Name) is { } badName)
            return (null, ApiError.Invalid("name", badName));
        if (PlainText.Refusal(Description) is { } badDescription)
            return (null, ApiError.Invalid("description", badDescription));
        var scopes = TokenScopes.None;
        foreach (var word in Scopes)
        {
            if (!TokenScopeNames.TryParse(word, out var scope))
                return (null, ApiError.BadRequest($"'{word}' is no scope: scopes are {string.Join(", ", TokenScopeNames.Known)}"));
            scopes |= scope;
        }
        var (expiresAt, refusal) = lifetimes.ForNew(ExpiresAt);
        return refusal is null
            ? (new NewAccessToken(kind, userId, Name, string.IsNullOrEmpty(Description) ? null : Description, scopes, expiresAt), null)
            : (null, ApiError.Invalid("expires_at", refusal));
    }
}

/// <summary>The body, which may be left out, of a request that replaces a token.</summary>
internal sealed record RotateBody(DateOnly? ExpiresAt);
