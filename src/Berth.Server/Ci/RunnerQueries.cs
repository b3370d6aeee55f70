namespace Berth.Server.Ci;

/// <summary>The SQL of runners and of the tokens by which old ones register.</summary>
internal static class RunnerQueries
{
    private const string Columns = """
        id as Id, kind as Kind, project_id as ProjectId, created_by as CreatedBy, short_token as ShortToken, description as Description, tags as Tags,
        run_untagged as RunUntagged, locked as Locked, paused as Paused, protected_only as ProtectedOnly, maximum_timeout as MaximumTimeout, version as Version, platform as Platform,
        address as Address, created_at as CreatedAt, contacted_at as ContactedAt
        """;

    public const string BySecret = $"select {Columns} from runners where secret_hash = @hash";

    public const string ById = $"select {Columns} from runners where id = @id";

    /// <summary>A project's own, then those of the instance, the latest first.</summary>
    public const string OfProject = $"select {Columns} from runners where project_id = @project or project_id is null order by kind desc, id desc limit @limit offset @offset";

    public const string CountOfProject = "select count(*) from (select 1 from runners where project_id = @project or project_id is null limit @needed) as counted";

    /// <summary>Those of the instance, then those of projects, the latest first.</summary>
    public const string All = $"select {Columns} from runners order by kind, id desc limit @limit offset @offset";

    public const string CountAll = "select count(*) from (select 1 from runners limit @needed) as counted";

    /// <summary>The paths of the projects that runners serve.</summary>
    public const string ProjectPaths = "select project_id as ProjectId, path as Path from routes where project_id in @ids";

    public const string Insert = """
        insert into runners (kind, project_id, created_by, secret_hash, short_token, description, tags, run_untagged, locked, paused, protected_only, maximum_timeout, created_at)
        values (@kind, @project, @createdBy, @hash, @shortToken, @description, @tags, @runUntagged, @locked, @paused, @protectedOnly, @maximumTimeout, @now) returning id
        """;

    public const string SetSecret = "update runners set secret_hash = @hash, short_token = @shortToken where id = @id";

    public const string Change = """
        update runners set description = @description, tags = @tags, run_untagged = @runUntagged, locked = @locked, paused = @paused,
            protected_only = @protectedOnly, maximum_timeout = @maximumTimeout where id = @id
        """;

    public const string Contact = "update runners set contacted_at = @now, version = @version, platform = @platform, address = @address where id = @id";

    public const string ForgetInJobs = "update jobs set runner_id = null where runner_id = @id";

    public const string Delete = "delete from runners where id = @id";

    public const string RegistrationToken = "select project_id as ProjectId, sealed as Sealed from runner_registration_tokens where secret_hash = @hash";

    public const string RegistrationTokenOf = """
        select project_id as ProjectId, sealed as Sealed from runner_registration_tokens
        where project_id = @project or (@project is null and project_id is null)
        """;

    public const string InsertRegistrationToken = """
        insert into runner_registration_tokens (project_id, secret_hash, sealed, created_at) values (@project, @hash, @sealed, @now)
        """;
}
