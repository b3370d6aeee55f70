namespace Berth.Server.Lifecycle;

/// <summary>The SQL that deletes repositories and gives them back. The project's row is locked before each.</summary>
internal static class RepositoryTrashQueries
{
    /// <summary>No row if the project was deleted meanwhile: then its repositories have no name among all images.</summary>
    public const string LockProject = "select id from projects where id = @project and deleted_at is null";

    /// <summary>The name is free at once; no image name holds an '@'.</summary>
    public const string MarkDeleted = """
        update repositories set deleted_at = @now, keep_until = @keep, deleted_by = @user, deleted_name = name, name = name || '@' || cast(id as text),
            image_name = '', open_to = 0
        where id = @repository and project_id = @project and deleted_at is null
        returning deleted_name
        """;

    public const string Deleted = """
        select id as Id, deleted_name as Name from repositories
        where id = @repository and project_id = @project and deleted_name is not null and keep_until > @now
        """;

    public const string ByName = "select id from repositories where project_id = @project and name = @name and deleted_at is null";

    /// <summary>A row if something is in a repository, or is being pushed to it.</summary>
    public const string IsUsed = """
        select 1 from manifests where repository_id = @repository and deleted_at is null
        union all select 1 from repository_blobs where repository_id = @repository and deleted_at is null
        union all select 1 from upload_sessions where repository_id = @repository and state = 1 and expires_at > @now
        limit 1
        """;

    /// <summary>Its name of all images, and to whom it is open, are as the project's are now.</summary>
    public const string Restore = """
        update repositories set name = @name, deleted_name = null, deleted_at = null, keep_until = null, deleted_by = null,
            image_name = (select r.path_lower from routes r where r.project_id = repositories.project_id) || @suffix,
            open_to = (select case p.registry_access when 20 then p.visibility else 0 end from projects p where p.id = repositories.project_id)
        where id = @repository
        """;

    private const string Rows = """
        select r.id as Id, r.deleted_name as Name, r.deleted_at as DeletedAt, r.keep_until as KeepUntil, r.deleted_by as UserId, u.username as Username
        from repositories r left join users u on u.id = r.deleted_by
        """;

    public const string Find = $"{Rows} where r.id = @repository and r.project_id = @project and r.deleted_name is not null and r.keep_until > @now";

    public const string List = $"""
        {Rows}
        where r.project_id = @project and r.id < @before and r.deleted_name is not null and r.keep_until > @now
        order by r.id desc limit @limit
        """;
}
