namespace Berth.Pipelines;

/// <summary>Which jobs may go on, and what a set of jobs amounts to (GitLab's lib/gitlab/ci/status/composite.rb and pipeline_processing).</summary>
public static class Gating
{
    /// <summary>The state of a set of jobs: a stage, a pipeline. Of no jobs: success.</summary>
    public static PipelineStatus Composite(IEnumerable<(JobStatus Status, bool AllowFailure)> jobs) => throw new NotImplementedException();

    /// <summary>The state of a pipeline.</summary>
    public static PipelineStatus Composite(IEnumerable<GatedJob> jobs) => Composite(jobs.Select(job => (job.Status, job.AllowFailure)));

    /// <summary>
    /// The moves that are due: created jobs that become pending, manual or skipped, and what follows from that, so that a
    /// second call after them finds none. Names with their new state, in the order of the pipeline.
    /// </summary>
    public static IReadOnlyList<(string Name, JobStatus To)> Advance(IReadOnlyList<GatedJob> jobs) => throw new NotImplementedException();
}
