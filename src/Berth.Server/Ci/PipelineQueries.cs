namespace Berth.Server.Ci;

/// <summary>The SQL of pipelines.</summary>
internal static class PipelineQueries
{
    private const string Columns = """
        id as Id, project_id as ProjectId, iid as Iid, ref as Ref, is_tag as IsTag, sha as Sha, before_sha as BeforeSha, source as Source,
        status as Status, config_error as ConfigError, commit_message as CommitMessage, commit_author as CommitAuthor, commit_time as CommitTime,
        ref_protected as RefProtected, user_id as UserId, created_at as CreatedAt, started_at as StartedAt, finished_at as FinishedAt
        """;

    public const string ById = $"select {Columns} from pipelines where id = @id";

    public const string OfProject = $"select {Columns} from pipelines where project_id = @project and id = @id";

    public const string Page = $"select {Columns} from pipelines where project_id = @project and id < @before order by id desc limit @limit";

    public const string PageAt = $"{Page} offset @skip";

    public const string Count = "select count(*) from (select 1 from pipelines where project_id = @project and id < @before limit @needed) counted";

    /// <summary>Pipelines whose making was cut off before their jobs were let go.</summary>
    public const string Created = $"select {Columns} from pipelines where status = 'created' and id > @last order by id limit @limit";

    public const string NextIid = "update projects set pipeline_count = pipeline_count + 1 where id = @project returning pipeline_count";

    public const string Insert = """
        insert into pipelines (project_id, iid, ref, is_tag, sha, before_sha, source, status, config_error, commit_message, commit_author, commit_time,
            ref_protected, user_id, created_at, finished_at)
        values (@project, @iid, @ref, @isTag, @sha, @before, @source, @status, @configError, @message, @author, @time,
            @refProtected, @user, @now, @finished) returning id
        """;

    public const string Lock = "select id from pipelines where id = @pipeline";

    public const string SetStatus = """
        update pipelines set status = @status,
            started_at = coalesce(started_at, @started),
            finished_at = @finished
        where id = @pipeline
        """;
}
