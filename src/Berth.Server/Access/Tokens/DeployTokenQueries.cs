namespace Berth.Server.Access.Tokens;

/// <summary>The SQL of deploy tokens. An owner is a project or a group; the other parameter is null.</summary>
internal static class DeployTokenQueries
{
    private const string Columns = """
        id as Id, project_id as ProjectId, namespace_id as NamespaceId, name as Name, username as Username, scopes as Scopes, created_at as CreatedAt,
        expires_at as ExpiresAt, revoked_at as RevokedAt
        """;

    public const string ById = $"select {Columns} from deploy_tokens where id = @id and {Owned}";

    private const string Active = "(cast(@active as bigint) is null or @active = case when revoked_at is null and (expires_at is null or expires_at > @now) then 1 else 0 end)";

    private const string Owned = "(project_id = @project or namespace_id = @group)";

    public const string List = $"select {Columns} from deploy_tokens where {Owned} and {Active} order by id limit @limit offset @offset";

    /// <summary>As many as a list's headers tell of.</summary>
    public const string Count = $"select count(*) from (select 1 from deploy_tokens where {Owned} and {Active} limit @needed) as counted";

    /// <summary>Everyone's: for administrators.</summary>
    public const string ListAll = $"select {Columns} from deploy_tokens where {Active} order by id limit @limit offset @offset";

    public const string CountAll = $"select count(*) from (select 1 from deploy_tokens where {Active} limit @needed) as counted";

    /// <summary>The project's own, or else of the group right above it: GitLab's.</summary>
    public const string OfJobs = """
        select username as Username, sealed as Sealed from deploy_tokens
        where (project_id = @project or namespace_id = (select namespace_id from projects where id = @project))
            and name = @name and sealed is not null and revoked_at is null and (expires_at is null or expires_at > @now)
        order by namespace_id is not null, id limit 1
        """;

    public const string Insert = """
        insert into deploy_tokens (project_id, namespace_id, name, username, secret_hash, sealed, scopes, created_by, created_at, expires_at)
        values (@project, @group, @name, @username, @hash, @sealed, @scopes, @createdBy, @now, @expiresAt) returning id
        """;

    public const string SetUsername = "update deploy_tokens set username = @username where id = @id";

    public const string Revoke = "update deploy_tokens set revoked_at = @now where id = @id and revoked_at is null";

    public const string BySecret = "select id as Id, username as Username, last_used_at as LastUsedAt from deploy_tokens where secret_hash = @hash";

    public const string Touch = "update deploy_tokens set last_used_at = @now where id = @id and coalesce(last_used_at, 0) <= @before";

    /// <summary>Read on each request that a deploy token's token makes.</summary>
    public const string Live = """
        select d.project_id, r.path_lower, d.username, d.scopes, d.expires_at, d.revoked_at
        from deploy_tokens d left join routes r on r.namespace_id = d.namespace_id where d.id = @id
        """;
}
