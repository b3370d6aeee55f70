using System.Text.RegularExpressions;
using Berth.Server.Http;

namespace Berth.Server.Access;

/// <summary>The body of a request that makes a deploy token.</summary>
internal sealed partial record NewDeployTokenBody(string? Name, string? Username, string?[]? Scopes, DateTimeOffset? ExpiresAt)
{
    private const int MaxText = 255;

    /// <summary>The scopes that are asked for, or why the body is refused.</summary>
    public (TokenScopes Scopes, IResult? Refusal) Read(TimeProvider time)
    {
        if (string.IsNullOrWhiteSpace(Name) || Name.Length > MaxText)
            return (TokenScopes.None, ApiError.Invalid("name", $"is missing, or longer than {MaxText} characters"));
        if (PlainText.Refusal(Name) is { } badName)
            return (TokenScopes.None, ApiError.Invalid("name", badName));
        if (Username is { } username && (username.Length is 0 or > MaxText || !UsernamePattern().IsMatch(username)))
            return (TokenScopes.None, ApiError.Invalid("username", "can contain only letters, digits, '_', '-', '+', and '.'"));
        var scopes = TokenScopes.None;
        foreach (var word in Scopes ?? [])
        {
            if (!TokenScopeNames.TryParse(word, out var scope) || (scope & DeployTokens.Scopes) == 0)
                return (TokenScopes.None, ApiError.Invalid("scopes", $"'{word}' is no scope of deploy tokens: {string.Join(", ", DeployTokens.Scopes.Names())}"));
            scopes |= scope;
        }
        if (scopes == TokenScopes.None)
            return (scopes, ApiError.Invalid("scopes", $"can't be blank: {string.Join(", ", DeployTokens.Scopes.Names())}"));
        return (scopes, ExpiresAt <= time.GetUtcNow() ? ApiError.Invalid("expires_at", "must be in the future") : null);
    }

    [GeneratedRegex(@"^[a-zA-Z0-9.+_-]+\z")]
    private static partial Regex UsernamePattern();
}
