namespace Berth.Server.Access.Tokens;

/// <summary>The SQL of job tokens' rights in other projects than their own.</summary>
internal static class JobTokenQueries
{
    public const string IsLimited = "select job_token_limited from projects where id = @project";

    public const string SetLimited = "update projects set job_token_limited = @limited where id = @project";

    /// <summary>In the order in which they were allowed.</summary>
    public const string Allowed = """
        select p.id as Id, p.name as Name, p.path as Path, r.path as FullPath, p.created_at as CreatedAt, a.created_by as AllowedBy
        from job_token_allowlist a
        join projects p on p.id = a.allowed_project_id and p.deleted_at is null
        join routes r on r.project_id = p.id
        where a.project_id = @project order by a.created_at, p.id
        """;

    public const string CountAllowed = "select count(*) from job_token_allowlist where project_id = @project";

    public const string Allow = """
        insert into job_token_allowlist (project_id, allowed_project_id, created_by, created_at) values (@project, @allowed, @by, @now)
        on conflict (project_id, allowed_project_id) do nothing
        """;

    public const string Disallow = "delete from job_token_allowlist where project_id = @project and allowed_project_id = @allowed";
}
