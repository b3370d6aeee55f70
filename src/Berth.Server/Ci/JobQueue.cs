using System.Text.Json;
using Berth.Pipelines;
using Berth.Server.Access.Login;
using Berth.Server.Database;

namespace Berth.Server.Ci;

/// <summary>
/// Pending jobs, and the runners that wait for one. The queue has a version, raised by each transaction that makes a job pending;
/// a runner that has seen it is held until it changes: at once in this process, within a second from another replica.
/// </summary>
internal sealed class JobQueue(MetadataDatabase database, TimeProvider time)
{
    /// <summary>GitLab's apiCiLongPollingDuration; runners wait minutes for headers.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(50);

    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(1);

    /// <summary>Pending jobs looked at in one query while one that fits is looked for.</summary>
    private const int Page = 200;

    private volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>To be called after a transaction that may have made a job pending.</summary>
    public void Signal() => Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    public async Task<long> Version(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<long>(JobQueries.QueueVersion, null, cancellationToken);
    }

    /// <summary>Waits until the queue has another version than <paramref name="seen"/>, at most 50 s; returns the version then.</summary>
    public async Task<long> WaitForChange(long seen, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            // Taken before the version is read: a change in between ends the wait.
            var changed = _changed.Task;
            var version = await Version(cancellationToken);
            if (version != seen || time.GetElapsedTime(start) >= LongestHold)
                return version;
            await Task.WhenAny(changed, Task.Delay(PollEvery, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Gives the runner the oldest pending job that it may run; null if there is none. The job runs from here on.</summary>
    public async Task<TakenJob?> Take(RunnerAccess runner, RunnerReport report, CancellationToken cancellationToken)
    {
        if (runner.Row.Paused != 0)
            return null;
        for (long last = 0; ;)
        {
            List<PendingRow> pending;
            await using (var connection = await database.OpenRead(cancellationToken))
                pending = await connection.Query<PendingRow>(JobQueries.Pending, new { last, runnerProject = runner.Row.ProjectId, limit = Page }, cancellationToken);
            foreach (var job in pending.Where(job => runner.MayRun(JsonSerializer.Deserialize<string[]>(job.Tags)!, job.RefProtected != 0)))
            {
                if (await Start(runner, report, job) is { } taken)
                    return taken;
            }
            if (pending.Count < Page)
                return null;
            last = pending[^1].Id;
        }
    }

    private async Task<TakenJob?> Start(RunnerAccess runner, RunnerReport report, PendingRow pending)
    {
        var id = pending.Id;
        var now = time.Micros();
        var token = Credentials.NewSecret(ProjectCredentials.JobTokenPrefix);
        return await database.Write(transaction =>
        {
            transaction.QueryForUpdate<long>(PipelineQueries.Lock, new { pipeline = pending.PipelineId });
            if (transaction.QueryForUpdate<JobRow>(JobQueries.LockPending, new { id }) is not { } job)
                return null;
            var timeout = runner.Row.MaximumTimeout is > 0 and { } most ? Math.Min(most, job.TimeoutSeconds) : job.TimeoutSeconds;
            transaction.Execute(JobQueries.Start, new
            {
                id,
                runner = runner.Row.Id,
                systemId = report.SystemId,
                features = (long)report.Features,
                hash = Credentials.HashSecret(token),
                timeout,
                now,
            });
            PipelineProgress.Advance(transaction, job.PipelineId, now);
            return new TakenJob(job with { Status = JobStatus.Running.Word(), RunnerId = runner.Row.Id, TimeoutSeconds = timeout, StartedAt = now }, token);
        });
    }

    private sealed record PendingRow(long Id, long PipelineId, string Tags, long RefProtected);
}

/// <summary>A job that a runner was just given, and its token, which is known here and then never again.</summary>
internal sealed record TakenJob(JobRow Job, string Token);
