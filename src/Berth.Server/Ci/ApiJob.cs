using Berth.Server.Access;

namespace Berth.Server.Ci;

/// <summary>A job as GitLab's API shows one.</summary>
internal sealed class ApiJob(JobRow job)
{
    public long Id => job.Id;
    public string Status => job.Status;
    public string Stage => job.Stage;
    public string Name => job.Name;
    public bool AllowFailure => job.AllowFailure != 0;
    public string? FailureReason => job.FailureReason;
    public string CreatedAt => ApiTime.Of(job.CreatedAt);
    public string? QueuedAt => ApiTime.Of(job.QueuedAt);
    public string? StartedAt => ApiTime.Of(job.StartedAt);
    public string? FinishedAt => ApiTime.Of(job.FinishedAt);

    /// <summary>Seconds.</summary>
    public double? Duration => (job.FinishedAt - job.StartedAt) / 1e6;
    public ApiJobPipeline Pipeline => new(job.PipelineId, job.ProjectId);
    public ApiJobRunner? Runner { get; init; } = job.RunnerId is { } runner ? new(runner) : null;
}

internal sealed record ApiJobPipeline(long Id, long ProjectId);

internal sealed record ApiJobRunner(long Id);
