using Berth.Pipelines;
using Berth.Server.Access.Login;
using Berth.Server.Database;

namespace Berth.Server.Ci;

/// <summary>
/// What happens to jobs after they are made: their end, cancelling, trying again. Each is one transaction that also moves the
/// pipeline on; the pipeline's row is locked before those of its jobs. Doing a thing twice is the same as once, for runners repeat requests whose answers they lost.
/// </summary>
internal sealed class Jobs(MetadataDatabase database, JobQueue queue, TimeProvider time)
{
    public async Task<JobRow?> Find(long projectId, long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<JobRow>(JobQueries.OfProject, new { project = projectId, id }, cancellationToken);
    }

    public async Task<List<JobRow>> OfPipeline(long pipelineId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<JobRow>(JobQueries.OfPipeline, new { pipeline = pipelineId }, cancellationToken);
    }

    /// <summary>Notes that the runner is still at it; the job as it is now.</summary>
    public Task<JobRow> Touch(JobAccess access)
    {
        var now = time.Micros();
        return database.Write(transaction =>
        {
            transaction.Execute(JobQueries.Touch, new { id = access.Job.Id, now });
            return transaction.QuerySingle<JobRow>(JobQueries.ById, new { id = access.Job.Id });
        }, Durability.Process);
    }

    /// <summary>The runner's last word. A job that was being cancelled ends as cancelled whatever the word is.</summary>
    public Task<JobRow> Finish(JobAccess access, bool success, string? reason, long? exitCode) =>
        End(access.Job.Id, success ? JobStatus.Success : JobStatus.Failed, success ? null : FailureReason.Normalize(reason), exitCode);

    /// <summary>Fails a job that waits or runs, for a reason of the server's own.</summary>
    public Task<JobRow> Drop(long id, string reason) => End(id, JobStatus.Failed, reason, exitCode: null);

    /// <summary>Cancels a job that is not finished. A runner that can is asked to run after_script first.</summary>
    public async Task<JobRow> Cancel(JobRow job)
    {
        var now = time.Micros();
        var after = await database.Write(transaction =>
        {
            transaction.QueryForUpdate<long>(PipelineQueries.Lock, new { pipeline = job.PipelineId });
            CancelIn(transaction, Lock(transaction, job.Id), now);
            PipelineProgress.Advance(transaction, job.PipelineId, now);
            return transaction.QuerySingle<JobRow>(JobQueries.ById, new { id = job.Id });
        });
        queue.Signal();
        return after;
    }

    /// <summary>Cancels every job of a pipeline that is not finished.</summary>
    public async Task CancelPipeline(PipelineRow pipeline)
    {
        var now = time.Micros();
        await database.Write(transaction =>
        {
            transaction.QueryForUpdate<long>(PipelineQueries.Lock, new { pipeline = pipeline.Id });
            foreach (var job in transaction.Query<JobRow>(JobQueries.OfPipeline, new { pipeline = pipeline.Id }))
                CancelIn(transaction, job, now);
            PipelineProgress.Advance(transaction, pipeline.Id, now);
        });
        queue.Signal();
    }

    /// <summary>Tries a finished job again: a new row, with the rights of who asks. Null if it is not finished, or was tried again already.</summary>
    public async Task<JobRow?> Retry(JobRow job, long userId)
    {
        var now = time.Micros();
        var made = await database.Write(transaction =>
        {
            transaction.QueryForUpdate<long>(PipelineQueries.Lock, new { pipeline = job.PipelineId });
            var current = Lock(transaction, job.Id);
            if (current.Retried != 0 || current.State is not (JobStatus.Success or JobStatus.Failed or JobStatus.Canceled))
                return null;
            var id = InsertRetry(transaction, current, userId, now);
            ResetSkipped(transaction, current, now);
            PipelineProgress.Advance(transaction, job.PipelineId, now);
            return transaction.QuerySingle<JobRow>(JobQueries.ById, new { id });
        });
        queue.Signal();
        return made;
    }

    /// <summary>Tries every failed and cancelled job of a pipeline again.</summary>
    public async Task RetryPipeline(PipelineRow pipeline, long userId, CancellationToken cancellationToken)
    {
        foreach (var job in await OfPipeline(pipeline.Id, cancellationToken))
        {
            if (job.Retried == 0 && job.State is JobStatus.Failed or JobStatus.Canceled)
                await Retry(job, userId);
        }
    }

    /// <summary>Starts a manual job; false if it is not one that waits.</summary>
    public async Task<bool> Play(JobRow job)
    {
        var now = time.Micros();
        var played = await database.Write(transaction =>
        {
            transaction.QueryForUpdate<long>(PipelineQueries.Lock, new { pipeline = job.PipelineId });
            if (Lock(transaction, job.Id).State != JobStatus.Manual)
                return false;
            transaction.Execute(JobQueries.SetStatus, new { id = job.Id, status = JobStatus.Pending.Word(), now });
            transaction.Execute(JobQueries.RaiseQueueVersion);
            PipelineProgress.Advance(transaction, job.PipelineId, now);
            return true;
        });
        queue.Signal();
        return played;
    }

    private async Task<JobRow> End(long id, JobStatus wanted, string? reason, long? exitCode)
    {
        var now = time.Micros();
        var after = await database.Write(transaction =>
        {
            var pipelineId = transaction.QuerySingle<JobRow>(JobQueries.ById, new { id }).PipelineId;
            transaction.QueryForUpdate<long>(PipelineQueries.Lock, new { pipeline = pipelineId });
            var job = Lock(transaction, id);
            if (job.State.IsFinished())
                return job;
            EndIn(transaction, job, job.State == JobStatus.Canceling ? JobStatus.Canceled : wanted, reason, exitCode, now);
            PipelineProgress.Advance(transaction, pipelineId, now);
            return transaction.QuerySingle<JobRow>(JobQueries.ById, new { id });
        });
        queue.Signal();
        return after;
    }

    private static void EndIn(WriteTransaction transaction, JobRow job, JobStatus status, string? reason, long? exitCode, long now)
    {
        var plan = job.Plan();
        var allowed = job.AllowFailure != 0 || (exitCode is { } code && plan.AllowFailureExitCodes.Contains((int)code));
        transaction.Execute(JobQueries.Finish, new { id = job.Id, status = status.Word(), reason = status == JobStatus.Failed ? reason : null, exitCode, allowFailure = allowed ? 1L : 0L, now });
        if (status == JobStatus.Failed && MayTryAgain(transaction, job, plan, reason, exitCode))
            InsertRetry(transaction, job, job.UserId, now);
    }

    private static bool MayTryAgain(WriteTransaction transaction, JobRow job, PlannedJob plan, string? reason, long? exitCode)
    {
        if (transaction.QuerySingle<long>(JobQueries.CountTries, new { pipeline = job.PipelineId, name = job.Name }) > plan.Retries)
            return false;
        if (plan.RetryWhen.Count == 0 && plan.RetryExitCodes.Count == 0)
            return true;
        return plan.RetryWhen.Contains("always") || plan.RetryWhen.Contains(reason) || (exitCode is { } code && plan.RetryExitCodes.Contains((int)code));
    }

    private static long InsertRetry(WriteTransaction transaction, JobRow job, long userId, long now)
    {
        transaction.Execute(JobQueries.MarkRetried, new { id = job.Id });
        return InsertJob(transaction, job.PipelineId, job.ProjectId, job.Plan(), userId, now, job.TimeoutSeconds);
    }

    /// <summary>The row of a planned job, in state created.</summary>
    public static long InsertJob(WriteTransaction transaction, long pipelineId, long projectId, PlannedJob plan, long userId, long now, long projectTimeout) =>
        transaction.QuerySingle<long>(JobQueries.Insert, new
        {
            pipeline = pipelineId,
            project = projectId,
            name = plan.Name,
            stage = plan.Stage,
            stageIndex = (long)plan.StageIndex,
            definition = JobRow.WritePlan(plan),
            tags = System.Text.Json.JsonSerializer.Serialize(plan.Tags),
            allowFailure = plan.AllowFailure ? 1L : 0L,
            user = userId,
            timeout = plan.Timeout is { } own ? (long)own.TotalSeconds : projectTimeout,
            now,
        });

    /// <summary>What was skipped because of the job gets another chance with it.</summary>
    private static void ResetSkipped(WriteTransaction transaction, JobRow retried, long now)
    {
        foreach (var job in transaction.Query<JobRow>(JobQueries.OfPipeline, new { pipeline = retried.PipelineId }))
        {
            if (job.Retried == 0 && job.State == JobStatus.Skipped && job.StageIndex >= retried.StageIndex)
                transaction.Execute(JobQueries.SetStatus, new { id = job.Id, status = JobStatus.Created.Word(), now });
        }
    }

    private static void CancelIn(WriteTransaction transaction, JobRow job, long now)
    {
        if (job.State.IsFinished() || job.State == JobStatus.Canceling)
            return;
        var graceful = job.State == JobStatus.Running && ((RunnerFeatures)job.RunnerFeatures).HasFlag(RunnerFeatures.CancelGracefully);
        if (graceful)
            transaction.Execute(JobQueries.SetStatus, new { id = job.Id, status = JobStatus.Canceling.Word(), now });
        else
            EndIn(transaction, job, JobStatus.Canceled, null, null, now);
    }

    private static JobRow Lock(WriteTransaction transaction, long id) =>
        transaction.QueryForUpdate<JobRow>(JobQueries.ById, new { id }) ?? throw new InvalidOperationException($"Job {id} is gone.");
}
