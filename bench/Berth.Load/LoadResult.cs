using System.Text.Json;
using System.Text.Json.Serialization;

namespace Berth.Load;

/// <summary>What a run measured. MB are 10^6 bytes; an operation is one blob pushed (three requests) or pulled (one).</summary>
internal sealed record LoadResult(string Scenario, int Clients, long Bytes, TimeSpan Elapsed, double[] SortedMilliseconds)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>A blob that the run has pushed, for other scenarios to pull.</summary>
    public string? Digest { get; init; }

    public string ToJson() => JsonSerializer.Serialize(new
    {
        Scenario,
        Clients,
        Bytes,
        Operations = SortedMilliseconds.Length,
        Seconds = Math.Round(Elapsed.TotalSeconds, 3),
        PerSecond = Math.Round(SortedMilliseconds.Length / Elapsed.TotalSeconds, 2),
        MbPerSecond = Math.Round(SortedMilliseconds.Length * Bytes / Elapsed.TotalSeconds / 1e6, 1),
        P50Ms = Percentile(0.50),
        P99Ms = Percentile(0.99),
        Digest,
    }, Json);

    private double Percentile(double share) => Math.Round(SortedMilliseconds[(int)Math.Ceiling(share * SortedMilliseconds.Length) - 1], 2);
}
