namespace Berth.Server.Projects;

/// <summary>The SQL of lists of projects.</summary>
internal static class ProjectListQueries
{
    private const string Columns = """
        p.id as Id, p.namespace_id as NamespaceId, p.path as Path, p.name as Name, r.path as FullPath, n.owner_id as NamespaceOwnerId,
            p.visibility as Visibility, p.registry_access as RegistryAccess, p.trash_days as TrashDays, p.created_at as CreatedAt,
            p.sparse_manifests as SparseManifests, p.description as Description
        """;

    /// <summary>By path. Who sees a project is <see cref="Access.Decision"/>'s rule, which looks at these rows again.</summary>
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

    /// <summary>Those directly in a namespace.</summary>
    public const string OfNamespace = $"""
        select {Columns}
        from projects p
        join routes r on r.project_id = p.id
        join namespaces n on n.id = p.namespace_id
        where p.namespace_id = @space and p.deleted_at is null and r.path_lower >= @from
        order by r.path_lower limit @limit
        """;

    public const string LastPush = """
        select max((
            select t.published_at from tags t join manifests m on m.repository_id = t.repository_id and m.digest = t.digest and m.deleted_at is null
            where t.repository_id = x.id order by t.published_at desc limit 1))
        from repositories x where x.project_id = @project
        """;

    /// <summary>Of each image of a project the newest tag, the newest first.</summary>
    public const string NewestTags = """
        select x.id as ImageId, x.name as Image, t.name as Tag, t.published_at as PublishedAt, u.username as Username
        from repositories x
        join tags t on t.repository_id = x.id and t.name = (
            select n.name from tags n join manifests m on m.repository_id = n.repository_id and m.digest = n.digest and m.deleted_at is null
            where n.repository_id = x.id order by n.published_at desc, n.name desc limit 1)
        left join users u on u.id = (select e.user_id from tag_events e where e.repository_id = x.id and e.tag = t.name order by e.id desc limit 1)
        where x.project_id = @project and x.deleted_at is null
        order by t.published_at desc limit @limit
        """;

    public const string LastPipeline = "select status from pipelines where project_id = @project order by id desc limit 1";
}
