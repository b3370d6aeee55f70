namespace Berth.Server.Projects;

/// <summary>The SQL of lists of projects.</summary>
internal static class ProjectListQueries
{
    private const string Columns = """
        p.id as Id, p.namespace_id as NamespaceId, p.path as Path, p.name as Name, r.path as FullPath, n.owner_id as NamespaceOwnerId,
            p.visibility as Visibility, p.registry_access as RegistryAccess, p.trash_days as TrashDays, p.created_at as CreatedAt,
            p.sparse_manifests as SparseManifests, p.description as Description
        """;

    /// <summary>By path. Who sees a project is <see cref="Access.Decision.ToSee"/>'s rule, which looks at these rows again.</summary>
    private const string ByPath = $"""
        select {Columns}
        from routes r
        join projects p on p.id = r.project_id
        join namespaces n on n.id = p.namespace_id
        where r.path_lower >= @from and p.deleted_at is null
        """;

    public const string All = $"{ByPath} order by r.path_lower limit @limit";

    public const string OfVisibility = $"{ByPath} and r.visibility = @visibility order by r.path_lower limit @limit";

    public const string Between = $"{ByPath} and r.path_lower < @end order by r.path_lower limit @limit";

    public const string LastPush = """
        select max((
            select t.published_at from tags t join manifests m on m.repository_id = t.repository_id and m.digest = t.digest and m.deleted_at is null
            where t.repository_id = x.id order by t.published_at desc limit 1))
        from repositories x where x.project_id = @project
        """;

    public const string LastPipeline = "select status from pipelines where project_id = @project order by id desc limit 1";
}
