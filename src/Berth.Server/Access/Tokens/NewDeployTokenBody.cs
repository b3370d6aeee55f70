using System.Text.RegularExpressions;
using Berth.Server.Http;

namespace Berth.Server.Access.Tokens;

/// <summary>The body of a request that makes a deploy token.</summary>
internal sealed partial record NewDeployTokenBody(string? Name, string? Username, string?[]? Scopes, DateTimeOffset? ExpiresAt)
{
    private const int MaxText = 255;

    /// <summary>The scopes that are asked for, or the refusal as the REST API says it.</summary>
    public (TokenScopes Scopes, IResult? Refusal) Read(TimeProvider time)
    {
        var (scopes, refusal) = Check(time);
        return (scopes, refusal is null ? null : ApiError.Invalid(refusal.Field, refusal.Reason));
    }

    /// <summary>The scopes that are asked for, or what is wrong with which field.</summary>
    public (TokenScopes Scopes, TokenRefusal? Refusal) Check(TimeProvider time)
    {
        if (string.IsNullOrWhiteSpace(Name) || Name.Length > MaxText)
            return (TokenScopes.None, new TokenRefusal("name", $"is missing, or longer than {MaxText} characters"));
        if (PlainText.Refusal(Name) is { } badName)
            return (TokenScopes.None, new TokenRefusal("name", badName));
        if (Username is { } username && (username.Length is 0 or > MaxText || !UsernamePattern().IsMatch(username)))
            return (TokenScopes.None, new TokenRefusal("username", "can contain only letters, digits, '_', '-', '+', and '.'"));
        var scopes = TokenScopes.None;
        foreach (var word in Scopes ?? [])
        {
            if (!TokenScopeNames.TryParse(word, out var scope) || (scope & DeployTokens.Scopes) == 0)
                return (TokenScopes.None, new TokenRefusal("scopes", $"'{word}' is no scope of deploy tokens: {string.Join(", ", DeployTokens.Scopes.Names())}"));
            scopes |= scope;
        }
        if (scopes == TokenScopes.None)
            return (scopes, new TokenRefusal("scopes", $"can't be blank: {string.Join(", ", DeployTokens.Scopes.Names())}"));
        return (scopes, ExpiresAt <= time.GetUtcNow() ? new TokenRefusal("expires_at", "must be in the future") : null);
    }

    [GeneratedRegex(@"^[a-zA-Z0-9.+_-]+\z")]
    private static partial Regex UsernamePattern();
}
