namespace Berth.Server.Ci;

/// <summary>What a runner says of itself with each request for a job.</summary>
internal sealed record RunnerReport(string? SystemId, string? Version, string? Platform, RunnerFeatures Features)
{
    private const int MaxText = 128;

    /// <summary>Text of the runner's for the database: no control characters, not long.</summary>
    public static string? Clean(string? text) => text is null ? null : new string([.. text.Where(c => !char.IsControl(c)).Take(MaxText)]);
}
