namespace Berth.Pipelines;

/// <summary>GitLab's words for states, as the database, the API and pages have them.</summary>
public static class StatusWords
{
    public static string Word(this JobStatus status) => status switch
    {
        JobStatus.Created => "created",
        JobStatus.Pending => "pending",
        JobStatus.Running => "running",
        JobStatus.Canceling => "canceling",
        JobStatus.Success => "success",
        JobStatus.Failed => "failed",
        JobStatus.Canceled => "canceled",
        JobStatus.Skipped => "skipped",
        JobStatus.Manual => "manual",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static string Word(this PipelineStatus status) => status switch
    {
        PipelineStatus.Created => "created",
        PipelineStatus.Pending => "pending",
        PipelineStatus.Running => "running",
        PipelineStatus.Canceling => "canceling",
        PipelineStatus.Success => "success",
        PipelineStatus.Failed => "failed",
        PipelineStatus.Canceled => "canceled",
        PipelineStatus.Skipped => "skipped",
        PipelineStatus.Manual => "manual",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static bool TryParse(ReadOnlySpan<char> word, out JobStatus status)
    {
        foreach (var known in Enum.GetValues<JobStatus>())
        {
            if (!word.SequenceEqual(known.Word()))
                continue;
            status = known;
            return true;
        }
        status = default;
        return false;
    }

    public static bool TryParse(ReadOnlySpan<char> word, out PipelineStatus status)
    {
        foreach (var known in Enum.GetValues<PipelineStatus>())
        {
            if (!word.SequenceEqual(known.Word()))
                continue;
            status = known;
            return true;
        }
        status = default;
        return false;
    }

    /// <summary>Success, failed, canceled or skipped.</summary>
    public static bool IsFinished(this JobStatus status) =>
        status is JobStatus.Success or JobStatus.Failed or JobStatus.Canceled or JobStatus.Skipped;

    /// <summary>Success, failed, canceled or skipped.</summary>
    public static bool IsFinished(this PipelineStatus status) =>
        status is PipelineStatus.Success or PipelineStatus.Failed or PipelineStatus.Canceled or PipelineStatus.Skipped;
}
