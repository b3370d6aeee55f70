using System.Text.Json;

namespace Berth.Server.Ci;

/// <summary>A runner as the database has it. Kind: 1 of the instance, 3 of one project.</summary>
internal sealed record RunnerRow(
    long Id, long Kind, long? ProjectId, long? CreatedBy, string ShortToken, string Description, string Tags, long RunUntagged, long Locked, long Paused, long ProtectedOnly,
    long? MaximumTimeout, string? Version, string? Platform, string? Address, long CreatedAt, long? ContactedAt)
{
    public const long InstanceKind = 1;
    public const long ProjectKind = 3;

    public string[] TagList() => JsonSerializer.Deserialize<string[]>(Tags) ?? [];
}
