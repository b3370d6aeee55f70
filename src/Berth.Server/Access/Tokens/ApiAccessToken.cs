using System.Text.Json.Serialization;
using Berth.Server.Database;

namespace Berth.Server.Access.Tokens;

/// <summary>An access token as GitLab's API shows it. <paramref name="secret"/>: the token itself, as it is made; at no other time.</summary>
internal sealed class ApiAccessToken(AccessTokenRow row, TimeProvider time, string? secret = null)
{
    public long Id => row.Id;
    public string Name => row.Name;
    public bool Revoked => row.RevokedAt is not null;
    public string CreatedAt => ApiTime.Of(row.CreatedAt);
    public string? Description => row.Description;
    public IEnumerable<string> Scopes => ((TokenScopes)row.Scopes).Names();
    public long UserId => row.UserId;
    public string? LastUsedAt => ApiTime.Of(row.LastUsedAt);
    public bool Active => row.IsActive(time.Micros());

    /// <summary>The first day on which it does not work any more.</summary>
    public string? ExpiresAt => ApiTime.Day(row.ExpiresAt);

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Impersonation => row.Kind == (long)AccessTokenKind.Impersonation ? true : null;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? AccessLevel => row.IsOfBot ? row.AccessLevel : null;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ResourceType => row.IsOfBot ? row.ProjectId is null ? "group" : "project" : null;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? ResourceId => row.IsOfBot ? row.ProjectId ?? row.NamespaceId : null;

    /// <summary>The token itself, shown once.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Token => secret;
}
