namespace Berth.Server.Access;

/// <summary>The SQL of deploy tokens.</summary>
internal static class DeployTokenQueries
{
    private const string Columns = "id as Id, name as Name, username as Username, scopes as Scopes, created_at as CreatedAt, expires_at as ExpiresAt, revoked_at as RevokedAt";

    public const string OfProject = $"select {Columns} from deploy_tokens where project_id = @project and id = @id";

    public const string ListOfProject = $"select {Columns} from deploy_tokens where project_id = @project order by id";

    public const string OfJobs = """
        select username as Username, sealed as Sealed from deploy_tokens
        where project_id = @project and name = @name and sealed is not null and revoked_at is null and (expires_at is null or expires_at > @now)
        order by id limit 1
        """;

    public const string Insert = """
        insert into deploy_tokens (project_id, name, username, secret_hash, sealed, scopes, created_by, created_at, expires_at)
        values (@project, @name, @username, @hash, @sealed, @scopes, @createdBy, @now, @expiresAt) returning id
        """;

    public const string SetUsername = "update deploy_tokens set username = @username where id = @id";

    public const string Revoke = "update deploy_tokens set revoked_at = @now where project_id = @project and id = @id and revoked_at is null";

    public const string BySecret = "select id as Id, username as Username, last_used_at as LastUsedAt from deploy_tokens where secret_hash = @hash";

    public const string Touch = "update deploy_tokens set last_used_at = @now where id = @id";

    /// <summary>Read on each request that a deploy token's token makes.</summary>
    public const string Live = "select project_id, username, scopes, expires_at, revoked_at from deploy_tokens where id = @id";
}
