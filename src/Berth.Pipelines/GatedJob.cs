namespace Berth.Pipelines;

/// <summary>
/// What gating has to know of a job of a pipeline; a job that was retried is left out, its new try takes its place. Needs are
/// the names of the jobs to wait for; null: all jobs of earlier stages.
/// </summary>
public sealed record GatedJob(string Name, int StageIndex, JobStatus Status, JobWhen When, bool AllowFailure, IReadOnlyList<string>? Needs);
