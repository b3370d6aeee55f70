namespace Berth.Server.Web.Pages;

/// <summary>A pipeline. Times in microseconds.</summary>
public sealed record PipelineLine(
    long Id, string Status, string Ref, bool IsTag, string Sha, string Title, string Author, string Source, long CreatedAt, long? StartedAt, long? FinishedAt)
{
    public string ShortSha => Sha[..8];

    public bool IsFinished => JobLine.IsEnd(Status);
}

/// <summary>A page of pipelines, newest first.</summary>
public sealed record PipelinesView(ProjectHead Project, IReadOnlyList<PipelineLine> Pipelines, string? Next, bool IsFirstPage);

/// <summary>A job in its pipeline. Times in microseconds.</summary>
public sealed record JobLine(long Id, string Name, string Stage, string Status, bool AllowFailure, bool Retried, long? StartedAt, long? FinishedAt)
{
    public bool IsFinished => IsEnd(Status);

    public static bool IsEnd(string status) => status is "success" or "failed" or "canceled" or "skipped";
}

/// <summary>One pipeline. <c>Error</c>: what was wrong with its file.</summary>
public sealed record PipelineView(ProjectHead Project, PipelineLine Pipeline, string? Error, IReadOnlyList<IGrouping<string, JobLine>> Stages);

/// <summary>What a job's page says above the log; sent anew whenever the status changes. <c>Reason</c>: why it failed.</summary>
public sealed record JobHead(ProjectHead Project, JobLine Job, PipelineLine Pipeline, string? Reason, long? ExitCode, long? Runner, long? QueuedAt);

/// <summary>A job's page. <c>Skipped</c>: bytes of the log's beginning that the page leaves out.</summary>
public sealed record JobDetails(JobHead Head, long LogSize, long Skipped);
