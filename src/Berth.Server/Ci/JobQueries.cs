namespace Berth.Server.Ci;

/// <summary>The SQL of jobs. What people read goes by project and id, what runners do by the job's token.</summary>
internal static class JobQueries
{
    private const string Columns = """
        id as Id, pipeline_id as PipelineId, project_id as ProjectId, name as Name, stage as Stage, stage_index as StageIndex, status as Status,
        definition as Definition, allow_failure as AllowFailure, retried as Retried, user_id as UserId, runner_id as RunnerId,
        runner_features as RunnerFeatures, timeout_seconds as TimeoutSeconds, failure_reason as FailureReason, exit_code as ExitCode,
        created_at as CreatedAt, queued_at as QueuedAt, started_at as StartedAt, finished_at as FinishedAt, touched_at as TouchedAt,
        trace_size as TraceSize, trace_location as TraceLocation
        """;

    public const string ById = $"select {Columns} from jobs where id = @id";

    public const string ByToken = $"select {Columns} from jobs where token_hash = @hash";

    public const string OfProject = $"select {Columns} from jobs where project_id = @project and id = @id";

    public const string OfPipeline = $"select {Columns} from jobs where pipeline_id = @pipeline order by stage_index, id";

    public const string Insert = """
        insert into jobs (pipeline_id, project_id, name, stage, stage_index, status, definition, tags, allow_failure, retried, user_id, timeout_seconds, created_at)
        values (@pipeline, @project, @name, @stage, @stageIndex, 'created', @definition, @tags, @allowFailure, 0, @user, @timeout, @now) returning id
        """;

    /// <summary>Pending jobs that a runner of the instance, or one of a project, may look at. Its tags are compared in the program.</summary>
    public const string Pending = """
        select j.id as Id, j.pipeline_id as PipelineId, j.tags as Tags, p.ref_protected as RefProtected
        from jobs j join pipelines p on p.id = j.pipeline_id join projects o on o.id = j.project_id
        where j.status = 'pending' and o.deleted_at is null and j.id > @last and j.project_id = coalesce(@runnerProject, j.project_id)
        order by j.id limit @limit
        """;

    /// <summary>The row of one pending job, locked; another runner's may have been faster.</summary>
    public const string LockPending = $"select {Columns} from jobs where id = @id and status = 'pending'";

    public const string Start = """
        update jobs set status = 'running', runner_id = @runner, runner_system_id = @systemId, runner_features = @features, token_hash = @hash,
            timeout_seconds = @timeout, started_at = @now, touched_at = @now
        where id = @id
        """;

    public const string SetStatus = """
        update jobs set status = @status, queued_at = case when @status = 'pending' then @now else queued_at end,
            finished_at = case when @status in ('success', 'failed', 'canceled', 'skipped') then @now else null end
        where id = @id
        """;

    public const string Finish = """
        update jobs set status = @status, failure_reason = @reason, exit_code = @exitCode, allow_failure = @allowFailure, finished_at = @now, touched_at = @now
        where id = @id
        """;

    public const string MarkRetried = "update jobs set retried = 1 where id = @id";

    public const string Touch = "update jobs set touched_at = @now where id = @id";

    /// <summary>Tries of the same job so far, for automatic retries.</summary>
    public const string CountTries = "select count(*) from jobs where pipeline_id = @pipeline and name = @name";

    public const string Running = $"select {Columns} from jobs where status = @status and id > @last order by id limit @limit";

    public const string QueueVersion = "select value from counters where name = 'job_queue'";

    public const string RaiseQueueVersion = "update counters set value = value + 1 where name = 'job_queue'";
}
