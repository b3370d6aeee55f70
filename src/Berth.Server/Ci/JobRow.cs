using System.Text.Json;
using Berth.Pipelines;

namespace Berth.Server.Ci;

/// <summary>A job as the database has it. Times in microseconds; <c>Definition</c> is the planned job as JSON.</summary>
internal sealed record JobRow(
    long Id, long PipelineId, long ProjectId, string Name, string Stage, long StageIndex, string Status, string Definition, long AllowFailure,
    long Retried, long UserId, long? RunnerId, long RunnerFeatures, long TimeoutSeconds, string? FailureReason, long? ExitCode, long CreatedAt,
    long? QueuedAt, long? StartedAt, long? FinishedAt, long? TouchedAt, long TraceSize, string? TraceLocation)
{
    public JobStatus State => StatusWords.TryParse(Status, out JobStatus state) ? state : throw new InvalidOperationException($"Job {Id} has the unknown status {Status}.");

    /// <summary>Whether its token counts and its runner may report.</summary>
    public bool IsRunning => State is JobStatus.Running or JobStatus.Canceling;

    public PlannedJob Plan() => ReadPlan(Definition);

    public static string WritePlan(PlannedJob plan) => JsonSerializer.Serialize(plan);

    public static PlannedJob ReadPlan(string definition) => JsonSerializer.Deserialize<PlannedJob>(definition) ?? throw new InvalidOperationException("A job has no definition.");
}
