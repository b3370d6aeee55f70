namespace Berth.Server.Projects;

/// <summary>The SQL of namespaces as one list: of people and of groups.</summary>
internal static class NamespaceQueries
{
    private const string Columns = "n.id as Id, n.kind as Kind, n.parent_id as ParentId, n.path as Path, n.name as Name, r.path as FullPath";

    private const string Wanted = """
        n.deleted_at is null and (@pattern = '' or lower(n.name) like @pattern escape '\' or r.path_lower like @pattern escape '\') and (@topLevelOnly = 0 or n.parent_id is null)
        """;

    public const string All = $"select {Columns} from namespaces n join routes r on r.namespace_id = n.id where n.id > 0 and {Wanted} order by n.kind, r.path_lower limit @limit";

    /// <summary>A user's own, and the groups in which the user has at least a role, there or above.</summary>
    private const string Theirs = """
        select o.id from namespaces o where o.owner_id = @user
        union
        select a.namespace_id from members m join namespace_ancestors a on a.ancestor_id = m.namespace_id
        where m.user_id = @user and m.access_level >= @least and (m.expires_at is null or m.expires_at > @now)
        """;

    public const string OfUser = $"select {Columns} from namespaces n join routes r on r.namespace_id = n.id where n.id in ({Theirs}) and {Wanted} order by n.kind, r.path_lower limit @limit";

    public const string ById = $"select {Columns} from namespaces n join routes r on r.namespace_id = n.id where n.id = @id and n.deleted_at is null and (@any = 1 or n.id in ({Theirs}))";

    public const string ByPath = $"""
        select {Columns} from routes r join namespaces n on n.id = r.namespace_id where r.path_lower = @path and n.deleted_at is null and (@any = 1 or n.id in ({Theirs}))
        """;
}
