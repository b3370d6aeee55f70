
namespace Berth.Server.Projects;

/// <summary>The SQL that lists deleted projects and gives them back.</summary>
internal static class ProjectTrashQueries
{
    private const string Rows = """
        select p.id as Id, p.namespace_id as NamespaceId, p.path as Path, p.name as Name, r.path as NamespacePath, n.owner_id as NamespaceOwnerId,
            p.visibility as Visibility, p.registry_access as RegistryAccess, p.trash_days as TrashDays, p.created_at as CreatedAt,
            p.sparse_manifests as SparseManifests, p.description as Description, p.deleted_at as DeletedAt, p.keep_until as KeepUntil
        from projects p
        join routes r on r.namespace_id = p.namespace_id
        join namespaces n on n.id = p.namespace_id
        """;

    private const string Wanted = "p.deleted_at is not null and p.keep_until > @now and p.deleted_at >= @from and p.deleted_at < @end order by p.id desc limit @limit";

    public const string All = $"{Rows} where p.id > 0 and {Wanted}";

    /// <summary>Those whose Owner a user is, by a membership or by their own namespace.</summary>
    public const string Owned = $"""
        {Rows}
        where p.id in (
            select m.project_id from members m
            where m.user_id = @user and m.project_id is not null and m.access_level >= @owner and (m.expires_at is null or m.expires_at > @now)
            union
            select g.id from members m join namespace_ancestors a on a.ancestor_id = m.namespace_id join projects g on g.namespace_id = a.namespace_id
            where m.user_id = @user and m.access_level >= @owner and (m.expires_at is null or m.expires_at > @now)
            union
            select o.id from namespaces s join projects o on o.namespace_id = s.id where s.owner_id = @user)
            and {Wanted}
        """;

    public const string Revive = """
        update projects set deleted_at = null, keep_until = null, deleted_by = null, path = @path, visibility = @visibility where id = @id
        """;

    public const string LongestImage = "select cast(max(length(name)) as bigint) from repositories where project_id = @id and deleted_at is null";

    /// <summary>They had no name among all images while the project was deleted.</summary>
    public const string NameRepositories = """
        update repositories set image_name = @lower || case name when '' then '' else '/' || name end where project_id = @id and deleted_at is null
        """;
}
