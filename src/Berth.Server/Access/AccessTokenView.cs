using System.Globalization;
using Berth.Server.Database;

namespace Berth.Server.Access;

/// <summary>Access tokens as the REST API shows them, with GitLab's fields.</summary>
internal static class AccessTokenView
{
    /// <param name="row">The token.</param>
    /// <param name="time">The clock.</param>
    /// <param name="secret">The token itself, as it is made; at no other time.</param>
    public static Dictionary<string, object?> Of(AccessTokenRow row, TimeProvider time, string? secret = null)
    {
        var view = new Dictionary<string, object?>
        {
            ["id"] = row.Id,
            ["name"] = row.Name,
            ["revoked"] = row.RevokedAt is not null,
            ["created_at"] = Time(row.CreatedAt),
            ["description"] = row.Description,
            ["scopes"] = ((TokenScopes)row.Scopes).Names(),
            ["user_id"] = row.UserId,
            ["last_used_at"] = Time(row.LastUsedAt),
            ["active"] = row.IsActive(time.Micros()),
            ["expires_at"] = row.ExpiresAt is { } at ? Clock.FromMicros(at).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null,
        };
        if (row.Kind == (long)AccessTokenKind.Impersonation)
            view["impersonation"] = true;
        if (row.IsOfBot)
        {
            view["access_level"] = row.AccessLevel;
            view["resource_type"] = row.ProjectId is null ? "group" : "project";
            view["resource_id"] = row.ProjectId ?? row.NamespaceId;
        }
        if (secret is not null)
            view["token"] = secret;
        return view;
    }

    public static string? Time(long? micros) =>
        micros is { } at ? Clock.FromMicros(at).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) : null;
}
