using System.Globalization;
using Berth.Server.Access;
using Berth.Server.Access.Tokens;

namespace Berth.Server.Web.Account;

/// <summary>The form for access tokens of people, projects and groups, and the rows of their lists.</summary>
internal static class TokenForm
{
    /// <summary>Each scope with what it lets its bearer do, those for images first.</summary>
    public static readonly IReadOnlyList<Choice> Scopes =
    [
        new("read_registry", "read_registry", "Pull images."),
        new("write_registry", "write_registry", "Push images."),
        new("read_repository", "read_repository", "Clone and fetch code with git."),
        new("write_repository", "write_repository", "Push code with git."),
        new("api", "api", "All that you may do: the whole REST API, images and code."),
        new("read_api", "read_api", "All that you may see by the REST API, and pull images."),
        new("read_user", "read_user", "Read who you are by the REST API."),
        new("create_runner", "create_runner", "Make runners."),
        new("manage_runner", "manage_runner", "Change and remove runners."),
        new("self_rotate", "self_rotate", "Replace itself by a new token before it ends."),
    ];

    /// <summary>What the form asks for; null if it is refused, and the form says why.</summary>
    public static NewAccessToken? Read(FormView form, TokenLifetimes lifetimes, AccessTokenKind kind, long userId)
    {
        DateOnly? expires = null;
        if (form["expires_at"].Length > 0)
        {
            if (!DateOnly.TryParseExact(form["expires_at"], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
                form.Refuse("expires_at", "A day is written as 2030-12-31.");
            expires = day;
        }
        if (string.IsNullOrWhiteSpace(form["name"]))
            form.Refuse("name", "A token needs a name, by which you will know it in the list.");
        if (form.All("scopes").Count == 0)
            form.Refuse("scopes", "Choose at least one.");
        if (!form.IsGood)
            return null;
        var (token, refusal) = new NewTokenBody(form["name"].Trim(), null, [.. form.All("scopes")], expires, null).Check(kind, userId, lifetimes);
        if (refusal is not null)
            form.Refuse(refusal.Field, refusal.Reason);
        return token;
    }

    public static TokenLine Line(AccessTokenRow row) => new(
        row.Id, row.Name, string.Join(", ", ((TokenScopes)row.Scopes).Names()), row.CreatedAt, row.LastUsedAt, row.ExpiresAt, row.AccessLevel is { } level ? ((AccessLevel)level).ToString() : null);

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
