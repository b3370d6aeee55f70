namespace Berth.Pipelines;

/// <summary>
/// The jobs to create, ordered by stage and then as in the file; or why there is no pipeline, in GitLab's words, and no jobs.
/// </summary>
public sealed record PlannedPipeline(IReadOnlyList<PlannedJob> Jobs, string? Error)
{
    /// <summary>
    /// False if there simply is no pipeline for this ref and event (no job, or filtered by workflow rules): a push then makes
    /// none. True if the pipeline failed to be made, which the user should see.
    /// </summary>
    public bool IsFailure { get; init; }
}
