using System.Text.Json.Serialization;
using Berth.Server.Database;

namespace Berth.Server.Access.Tokens;

/// <summary>A deploy token as GitLab's API shows it. <paramref name="secret"/>: the token itself, as it is made; at no other time.</summary>
internal sealed class ApiDeployToken(DeployTokenRow row, TimeProvider time, string? secret = null)
{
    public long Id => row.Id;
    public string Name => row.Name;
    public string Username => row.Username;
    public string? ExpiresAt => ApiTime.Of(row.ExpiresAt);
    public bool Revoked => row.RevokedAt is not null;
    public bool Expired => row.ExpiresAt <= time.Micros();
    public IEnumerable<string> Scopes => ((TokenScopes)row.Scopes).Names();

    /// <summary>The token itself, shown once.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Token => secret;
}
