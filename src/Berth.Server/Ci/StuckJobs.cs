using Berth.Pipelines;
using Berth.Server.Access.Login;
using Berth.Server.Configuration;
using Berth.Server.Database;

namespace Berth.Server.Ci;

/// <summary>Every minute fails jobs that will not end by themselves: their runner is lost, their time is over, or no runner takes them.</summary>
internal sealed class StuckJobs(MetadataDatabase database, Jobs jobs, BerthSettings settings, TimeProvider time, ILogger<StuckJobs> log) : BackgroundService
{
    /// <summary>The runner ends a job by itself at its timeout; this is for one that does not.</summary>
    public const long TimeoutGrace = 5 * Clock.Minute;

    /// <summary>GitLab's: a job that no runner took for a day.</summary>
    public const long PendingAtMost = 24 * Clock.Hour;

    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(1);
    private const int Batch = 200;

    /// <summary>No job is stuck a quarter longer than it may be.</summary>
    private TimeSpan Every => settings.SilentRunnerTimeout / 4 < AtMost ? settings.SilentRunnerTimeout / 4 : AtMost;

    private long LostAfter => (long)settings.SilentRunnerTimeout.TotalMicroseconds;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Sweep(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.NotSwept(failure);
            }
        }
    }

    /// <summary>Fails what is stuck by now.</summary>
    public async Task Sweep(CancellationToken cancellationToken)
    {
        foreach (var status in new[] { JobStatus.Pending, JobStatus.Running, JobStatus.Canceling })
        {
            List<JobRow> page;
            for (long last = 0; (page = await Page(status, last, cancellationToken)).Count > 0; last = page[^1].Id)
            {
                foreach (var job in page)
                {
                    if (Reason(job, time.Micros()) is not { } reason)
                        continue;
                    await jobs.Drop(job.Id, reason);
                    log.JobStuck(job.Id, reason);
                }
            }
        }
    }

    private string? Reason(JobRow job, long now) => job.State switch
    {
        JobStatus.Pending when now - job.QueuedAt > PendingAtMost => FailureReason.StuckOrTimeout,
        JobStatus.Running or JobStatus.Canceling when now - job.TouchedAt > LostAfter => FailureReason.StuckOrTimeout,
        JobStatus.Running or JobStatus.Canceling when now - job.StartedAt > job.TimeoutSeconds * Clock.Second + TimeoutGrace => FailureReason.ExecutionTimeout,
        _ => null,
    };

    private async Task<List<JobRow>> Page(JobStatus status, long last, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<JobRow>(JobQueries.Running, new { status = status.Word(), last, limit = Batch }, cancellationToken);
    }
}
