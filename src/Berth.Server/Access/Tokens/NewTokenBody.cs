using Berth.Server.Http;

namespace Berth.Server.Access.Tokens;

/// <summary>The body of a request that makes an access token. <c>AccessLevel</c> is for those of projects and groups.</summary>
internal sealed record NewTokenBody(string? Name, string? Description, string?[]? Scopes, DateOnly? ExpiresAt, long? AccessLevel)
{
    /// <summary>What the body asks for, or the refusal as the REST API says it.</summary>
    public (NewAccessToken? Token, IResult? Refusal) Read(AccessTokenKind kind, long userId, TokenLifetimes lifetimes)
    {
        var (token, refusal) = Check(kind, userId, lifetimes);
        return (token, refusal switch
        {
            null => null,
            { IsMalformed: true } => ApiError.BadRequest(refusal.Reason),
            _ => ApiError.Invalid(refusal.Field, refusal.Reason),
        });
    }

    /// <summary>What the body asks for, or what is wrong with which field.</summary>
    public (NewAccessToken? Token, TokenRefusal? Refusal) Check(AccessTokenKind kind, long userId, TokenLifetimes lifetimes)
    {
        if (string.IsNullOrWhiteSpace(Name) || Scopes is not { Length: > 0 })
            return (null, new(string.IsNullOrWhiteSpace(Name) ? "name" : "scopes", "name and scopes are needed: scopes is a list of " + string.Join(", ", TokenScopeNames.Known), IsMalformed: true));
        if (PlainText.Refusal(Name) is { } badName)
            return (null, new("name", badName));
        if (PlainText.Refusal(Description) is { } badDescription)
            return (null, new("description", badDescription));
        var scopes = TokenScopes.None;
        foreach (var word in Scopes)
        {
            if (!TokenScopeNames.TryParse(word, out var scope))
                return (null, new("scopes", $"'{word}' is no scope: scopes are {string.Join(", ", TokenScopeNames.Known)}", IsMalformed: true));
            scopes |= scope;
        }
        var (expiresAt, refusal) = lifetimes.ForNew(ExpiresAt);
        return refusal is null
            ? (new NewAccessToken(kind, userId, Name, string.IsNullOrEmpty(Description) ? null : Description, scopes, expiresAt), null)
            : (null, new("expires_at", refusal));
    }
}

/// <summary>Why no token is made. <c>IsMalformed</c>: the request itself makes no sense.</summary>
internal sealed record TokenRefusal(string Field, string Reason, bool IsMalformed = false);

/// <summary>The body, which may be left out, of a request that replaces a token.</summary>
internal sealed record RotateBody(DateOnly? ExpiresAt);
