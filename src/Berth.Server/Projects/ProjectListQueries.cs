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

    /// <summary>Images by their last push, the newest first: the order of an index.</summary>
    private const string PushedLast = "order by coalesce(x.last_published_at, 0) desc, x.id desc limit";

    public const string LastPush = $"select x.last_published_at from repositories x where x.project_id = @project and x.deleted_at is null {PushedLast} 1";

    /// <summary>Of some projects those that were pushed to last, the newest first.</summary>
    public const string LastPushed = $"""
        select p.id from projects p
        join repositories l on l.id = (select x.id from repositories x where x.project_id = p.id and x.deleted_at is null {PushedLast} 1)
        where p.id in @projects and l.last_published_at is not null
        order by l.last_published_at desc limit @limit
        """;

    /// <summary>Of each of a project's images that were pushed last the newest tag, the newest first.</summary>
    public const string NewestTags = $"""
        select x.id as ImageId, x.name as Image, t.name as Tag, t.published_at as PublishedAt, u.username as Username
        from (select x.id, x.name from repositories x where x.project_id = @project and x.deleted_at is null {PushedLast} @limit) x
        join tags t on t.repository_id = x.id and t.name = (
            select n.name from tags n join manifests m on m.repository_id = n.repository_id and m.digest = n.digest and m.deleted_at is null
            where n.repository_id = x.id order by n.published_at desc, n.name desc limit 1)
        left join users u on u.id = (select e.user_id from tag_events e where e.repository_id = x.id and e.tag = t.name order by e.id desc limit 1)
        order by t.published_at desc
        """;

    public const string LastPipeline = "select status from pipelines where project_id = @project order by id desc limit 1";
}
