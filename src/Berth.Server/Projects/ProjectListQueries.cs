namespace Berth.Server.Projects;

/// <summary>The SQL of lists of projects.</summary>
internal static class ProjectListQueries
{
    /// <summary>By path. Who sees a project is <see cref="Access.Decision.ToSee"/>'s rule; here it keeps rows out that would fail it.</summary>
    public const string Visible = """
        select p.id as Id, p.namespace_id as NamespaceId, p.path as Path, p.name as Name, r.path as FullPath, n.owner_id as NamespaceOwnerId,
            p.visibility as Visibility, p.registry_access as RegistryAccess, p.trash_days as TrashDays, p.created_at as CreatedAt,
            p.sparse_manifests as SparseManifests
        from routes r
        join projects p on p.id = r.project_id
        join namespaces n on n.id = p.namespace_id
        where r.path_lower >= @from and p.deleted_at is null and (@all = 1 or p.visibility >= @least or n.owner_id = @user)
        order by r.path_lower limit @limit
        """;

    public const string LastPush = """
        select max((select t.published_at from tags t where t.repository_id = x.id order by t.published_at desc limit 1))
        from repositories x where x.project_id = @project
        """;

    public const string LastPipeline = "select status from pipelines where project_id = @project order by id desc limit 1";
}
