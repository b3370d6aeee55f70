using System.Globalization;
using Berth.Server.Database;

namespace Berth.Server.Ci;

/// <summary>Jobs and pipelines as GitLab's REST API shows them.</summary>
internal static class JobView
{
    public static object Of(JobRow job) => new
    {
        id = job.Id,
        status = job.Status,
        stage = job.Stage,
        name = job.Name,
        allow_failure = job.AllowFailure != 0,
        failure_reason = job.FailureReason,
        created_at = Time(job.CreatedAt),
        queued_at = Time(job.QueuedAt),
        started_at = Time(job.StartedAt),
        finished_at = Time(job.FinishedAt),
        duration = Seconds(job.StartedAt, job.FinishedAt),
        pipeline = new { id = job.PipelineId, project_id = job.ProjectId },
        runner = job.RunnerId is { } runner ? new { id = runner } : null,
    };

    public static object Of(PipelineRow pipeline, string projectUrl) => new
    {
        id = pipeline.Id,
        iid = pipeline.Iid,
        project_id = pipeline.ProjectId,
        sha = pipeline.Sha,
        before_sha = pipeline.BeforeSha,
        @ref = pipeline.Ref,
        tag = pipeline.IsTag != 0,
        status = pipeline.Status,
        source = pipeline.Source,
        yaml_errors = pipeline.ConfigError,
        created_at = Time(pipeline.CreatedAt),
        started_at = Time(pipeline.StartedAt),
        finished_at = Time(pipeline.FinishedAt),
        duration = Seconds(pipeline.StartedAt, pipeline.FinishedAt),
        web_url = $"{projectUrl}/-/pipelines/{pipeline.Id}",
    };

    public static string? Time(long? micros) => micros is { } time ? Clock.FromMicros(time).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) : null;

    private static double? Seconds(long? start, long? end) => end - start is { } micros ? micros / 1e6 : null;
}
