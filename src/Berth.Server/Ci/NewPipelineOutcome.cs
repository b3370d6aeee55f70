namespace Berth.Server.Ci;

/// <summary>What became of the wish for a pipeline.</summary>
internal abstract record NewPipelineOutcome
{
    private NewPipelineOutcome()
    {
    }

    /// <summary>It is there; perhaps skipped, or failed because of its file.</summary>
    internal sealed record Made(PipelineRow Pipeline) : NewPipelineOutcome;

    /// <summary>There is no .gitlab-ci.yml at the commit.</summary>
    internal sealed record NoFile : NewPipelineOutcome;

    /// <summary>Rules leave no job, or filter the pipeline; GitLab's words.</summary>
    internal sealed record Filtered(string Message) : NewPipelineOutcome;

    /// <summary>The commit is not there (any more).</summary>
    internal sealed record NoCommit : NewPipelineOutcome;
}
