namespace Berth.Server.Projects;

/// <summary>The SQL of lists of groups. Each costs what the caller sees, however many groups there are besides.</summary>
internal static class GroupListQueries
{
    private const string Wanted = """
        n.kind = 2 and n.deleted_at is null
            and (@parent = 0 or n.parent_id = @parent) and (@topLevelOnly = 0 or n.parent_id is null) and r.path_lower >= @from
            and (@pattern = '' or lower(n.name) like @pattern escape '\' or r.path_lower like @pattern escape '\')
        """;

    private const string Order = """
        order by case when @order = 'name' and @descending = 0 then lower(n.name) end, case when @order = 'name' and @descending = 1 then lower(n.name) end desc,
            case when @order = 'path' and @descending = 0 then r.path_lower end, case when @order = 'path' and @descending = 1 then r.path_lower end desc,
            case when @descending = 1 then n.id end desc, n.id
        limit @limit
        """;

    public const string All = $"select n.id from namespaces n join routes r on r.namespace_id = n.id where {Wanted} {Order}";

    /// <summary>Those of two visibilities (-1: none), and those in which a user has at least a role.</summary>
    public const string Visible = $"""
        select n.id from namespaces n join routes r on r.namespace_id = n.id
        where n.id in (
            select v.id from namespaces v where v.kind = 2 and v.visibility = @internal
            union
            select v.id from namespaces v where v.kind = 2 and v.visibility = @public
            union
            select a.namespace_id from members m join namespace_ancestors a on a.ancestor_id = m.namespace_id
            where m.user_id = @user and m.access_level >= @least and (m.expires_at is null or m.expires_at > @now))
            and {Wanted} {Order}
        """;

    private const string Columns = """
        n.id as Id, n.parent_id as ParentId, n.path as Path, n.name as Name, n.description as Description, r.path as FullPath,
            n.visibility as Visibility, n.project_creation as ProjectCreation, n.push_creates_projects as PushCreatesProjects, n.created_at as CreatedAt
        """;

    /// <summary>Those at the top that are of one visibility.</summary>
    public const string AtTop = $"""
        select {Columns} from namespaces n join routes r on r.namespace_id = n.id
        where n.kind = 2 and n.parent_id is null and n.deleted_at is null and n.visibility = @visibility and lower(n.path) >= @from
        order by lower(n.path) limit @limit
        """;

    /// <summary>Those directly in a group.</summary>
    public const string OfParent = $"""
        select {Columns} from namespaces n join routes r on r.namespace_id = n.id
        where n.parent_id = @space and n.deleted_at is null and r.path_lower >= @from
        order by r.path_lower limit @limit
        """;

    public const string ByIds = $"""
        select {Columns}
        from namespaces n join routes r on r.namespace_id = n.id where n.id in @ids
        """;
}
