namespace Berth.Server.Projects;

/// <summary>The SQL of the API's lists of projects. Each costs what the caller sees, however many projects there are besides.</summary>
internal static class ProjectSearchQueries
{
    private const string Wanted = """
        p.deleted_at is null and (@visibility < 0 or p.visibility = @visibility)
            and (@pattern = '' or lower(p.name) like @pattern escape '\' or lower(p.path) like @pattern escape '\')
            and (@space = 0 or exists (
                select 1 from namespace_ancestors s where s.namespace_id = p.namespace_id and s.ancestor_id = @space and (@subgroups = 1 or s.namespace_id = @space)))
        """;

    private const string Order = """
        order by case when @order = 'name' and @descending = 0 then lower(p.name) end, case when @order = 'name' and @descending = 1 then lower(p.name) end desc,
            case when @order = 'path' and @descending = 0 then lower(p.path) end, case when @order = 'path' and @descending = 1 then lower(p.path) end desc,
            case when @descending = 1 then p.id end desc, p.id
        limit @limit
        """;

    public const string All = $"select p.id from projects p where p.id > 0 and {Wanted} {Order}";

    /// <summary>Those of two visibilities (-1: none), and those in which a user has at least a role or which are in the user's own namespace.</summary>
    public const string Visible = $"""
        select p.id from projects p
        where p.id in (
            select v.id from projects v where v.visibility = @internal
            union
            select v.id from projects v where v.visibility = @public
            union
            select m.project_id from members m
            where m.user_id = @user and m.project_id is not null and m.access_level >= @least and (m.expires_at is null or m.expires_at > @now)
            union
            select g.id from members m join namespace_ancestors a on a.ancestor_id = m.namespace_id join projects g on g.namespace_id = a.namespace_id
            where m.user_id = @user and m.access_level >= @least and (m.expires_at is null or m.expires_at > @now)
            union
            select o.id from namespaces n join projects o on o.namespace_id = n.id where n.owner_id = @user)
            and {Wanted} {Order}
        """;

    public const string ByIds = """
        select p.id as Id, p.namespace_id as NamespaceId, p.path as Path, p.name as Name, r.path as FullPath, n.owner_id as NamespaceOwnerId,
            p.visibility as Visibility, p.registry_access as RegistryAccess, p.trash_days as TrashDays, p.created_at as CreatedAt,
            p.sparse_manifests as SparseManifests, p.description as Description
        from projects p
        join routes r on r.project_id = p.id
        join namespaces n on n.id = p.namespace_id
        where p.id in @ids and p.deleted_at is null
        """;
}
