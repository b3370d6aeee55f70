using System.Text.Json;
using Berth.Server.Database;

namespace Berth.Server.Ci;

/// <summary>A runner as the database has it. Kind: 1 of the instance, 3 of one project.</summary>
internal sealed record RunnerRow(
    long Id, long Kind, long? ProjectId, long? CreatedBy, string ShortToken, string Description, string Tags, long RunUntagged, long Locked, long Paused, long ProtectedOnly,
    long? MaximumTimeout, string? Version, string? Platform, string? Address, long CreatedAt, long? ContactedAt)
{
    public const long InstanceKind = 1;
    public const long ProjectKind = 3;

    public const string Online = "online";

    /// <summary>A runner that was heard of within two hours counts as online, as in GitLab.</summary>
    private const long OnlineFor = 2 * Clock.Hour;

    /// <summary>GitLab's word for when it was heard of last. <paramref name="now"/> in microseconds.</summary>
    public string Status(long now) => ContactedAt is not { } at ? "never_contacted" : at > now - OnlineFor ? Online : "offline";

    public string[] TagList() => JsonSerializer.Deserialize<string[]>(Tags) ?? [];
}
