namespace Berth.Pipelines;

/// <summary>
/// Which jobs may go on, and what a set of jobs amounts to (GitLab's lib/gitlab/ci/status/composite.rb and
/// app/services/ci/pipeline_processing).
/// </summary>
public static class Gating
{
    /// <summary>A job as a composite counts it: a failure that is allowed is a warning, a manual job that is allowed to fail is ignored.</summary>
    [Flags]
    private enum Parts
    {
        None = 0,
        Created = 1,
        Pending = 2,
        Running = 4,
        Canceling = 8,
        Success = 16,
        Failed = 32,
        Canceled = 64,
        Skipped = 128,
        Manual = 256,
        Warning = 512,
        Ignored = 1024,
    }

    private const Parts Passed = Parts.Warning | Parts.Ignored;

    /// <summary>The state of a set of jobs: a stage, a pipeline. Of no jobs: success.</summary>
    public static PipelineStatus Composite(IEnumerable<(JobStatus Status, bool AllowFailure)> jobs) => Composite(PartsOf(jobs));

    /// <summary>The state of a pipeline.</summary>
    public static PipelineStatus Composite(IEnumerable<GatedJob> jobs) => Composite(jobs.Select(job => (job.Status, job.AllowFailure)));

    /// <summary>The state of the jobs that one waits for by name: one skipped or ignored job skips it, and it waits for all to finish.</summary>
    public static PipelineStatus CompositeOfNeeds(IEnumerable<(JobStatus Status, bool AllowFailure)> jobs)
    {
        var parts = PartsOf(jobs);
        if ((parts & (Parts.Skipped | Parts.Ignored)) != 0)
            return PipelineStatus.Skipped;
        return (parts & ~(Parts.Success | Parts.Failed | Parts.Canceled | Parts.Warning)) != 0 ? PipelineStatus.Pending : Composite(parts);
    }

    /// <summary>
    /// The moves that are due: created jobs that become pending, manual or skipped, and what follows from that, so that a
    /// second call after them finds none. Names with their new state, in the order of the pipeline.
    /// </summary>
    public static IReadOnlyList<(string Name, JobStatus To)> Advance(IReadOnlyList<GatedJob> jobs)
    {
        var now = jobs.ToDictionary(job => job.Name, job => job.Status, StringComparer.Ordinal);
        var allowFailure = jobs.ToDictionary(job => job.Name, job => job.AllowFailure, StringComparer.Ordinal);
        var ordered = jobs.OrderBy(job => job.StageIndex).ToList();
        // A move can only let later jobs move; needs within a stage may stand in any order, so until nothing moves.
        for (var moved = true; moved;)
        {
            moved = false;
            foreach (var job in ordered.Where(job => now[job.Name] == JobStatus.Created))
            {
                if (Move(job) is not { } to)
                    continue;
                now[job.Name] = to;
                moved = true;
            }
        }
        return [.. ordered.Where(job => now[job.Name] != job.Status).Select(job => (job.Name, now[job.Name]))];

        JobStatus? Move(GatedJob job)
        {
            var before = job.Needs is { } needs
                ? CompositeOfNeeds(needs.Where(now.ContainsKey).Select(name => (now[name], allowFailure[name])))
                : Composite(ordered.TakeWhile(other => other.StageIndex < job.StageIndex).Select(other => (now[other.Name], other.AllowFailure)));
            if (!before.IsFinished())
                return null;
            if (!MayFollow(job.When, before, isByNeeds: job.Needs is { Count: > 0 }))
                return JobStatus.Skipped;
            return job.When == JobWhen.Manual ? JobStatus.Manual : JobStatus.Pending;
        }
    }

    private static bool MayFollow(JobWhen when, PipelineStatus before, bool isByNeeds) => when switch
    {
        JobWhen.OnFailure => before == PipelineStatus.Failed,
        JobWhen.Always => before is PipelineStatus.Success or PipelineStatus.Failed or PipelineStatus.Skipped,
        JobWhen.Never => false,
        _ => before == PipelineStatus.Success || before == PipelineStatus.Skipped && !isByNeeds,
    };

    /// <summary>The first that fits, from top to bottom; the order is GitLab's.</summary>
    private static PipelineStatus Composite(Parts parts) => parts switch
    {
        Parts.None => PipelineStatus.Success,
        _ when Only(parts, Parts.Skipped | Parts.Ignored) => PipelineStatus.Skipped,
        _ when Only(parts, Parts.Success | Parts.Skipped | Passed) => PipelineStatus.Success,
        _ when Only(parts, Parts.Created | Passed) => PipelineStatus.Created,
        _ when Only(parts, Parts.Canceled | Parts.Success | Parts.Skipped | Passed) => PipelineStatus.Canceled,
        _ when Only(parts, Parts.Pending | Parts.Created | Parts.Skipped | Passed) => PipelineStatus.Pending,
        _ when Any(parts, Parts.Running | Parts.Pending) => PipelineStatus.Running,
        _ when Any(parts, Parts.Manual) => PipelineStatus.Manual,
        _ when Any(parts, Parts.Created) => PipelineStatus.Running,
        _ when Any(parts, Parts.Canceling) => PipelineStatus.Canceling,
        _ => PipelineStatus.Failed,
    };

    private static bool Only(Parts parts, Parts allowed) => (parts & ~allowed) == 0;

    private static bool Any(Parts parts, Parts wanted) => (parts & wanted) != 0;

    private static Parts PartsOf(IEnumerable<(JobStatus Status, bool AllowFailure)> jobs) =>
        jobs.Aggregate(Parts.None, (parts, job) => parts | PartOf(job.Status, job.AllowFailure));

    private static Parts PartOf(JobStatus status, bool allowFailure) => status switch
    {
        JobStatus.Created => Parts.Created,
        JobStatus.Pending => Parts.Pending,
        JobStatus.Running => Parts.Running,
        JobStatus.Canceling => Parts.Canceling,
        JobStatus.Success => Parts.Success,
        JobStatus.Failed or JobStatus.Canceled when allowFailure => Parts.Warning,
        JobStatus.Failed => Parts.Failed,
        JobStatus.Canceled => Parts.Canceled,
        JobStatus.Skipped => Parts.Skipped,
        JobStatus.Manual => allowFailure ? Parts.Ignored : Parts.Manual,
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}
