namespace Berth.Server.Access.Places;

/// <summary>The SQL that finds groups.</summary>
internal static class GroupQueries
{
    private const string Columns = """
        n.id as Id, n.parent_id as ParentId, n.path as Path, n.name as Name, n.description as Description, r.path as FullPath,
            n.visibility as Visibility, n.project_creation as ProjectCreation, n.push_creates_projects as PushCreatesProjects, n.created_at as CreatedAt
        """;

    public const string ById = $"select {Columns} from namespaces n join routes r on r.namespace_id = n.id where n.id = @id and n.kind = 2 and n.deleted_at is null";

    /// <summary>The group or user's namespace at a path, or one that was there and can still be found by it.</summary>
    public const string PlaceByPath = $"""
        select {Columns}, n.owner_id as OwnerId
        from (
            select namespace_id from routes where path_lower = @path
            union all
            select namespace_id from route_aliases where path_lower = @path and until > @now) found
        join namespaces n on n.id = found.namespace_id
        join routes r on r.namespace_id = n.id
        where n.deleted_at is null
        """;

    /// <summary>The group at a path, or one that was there and can still be found by it.</summary>
    public const string ByPath = $"""
        select {Columns}
        from (
            select namespace_id from routes where path_lower = @path
            union all
            select namespace_id from route_aliases where path_lower = @path and until > @now) found
        join namespaces n on n.id = found.namespace_id
        join routes r on r.namespace_id = n.id
        where n.kind = 2 and n.deleted_at is null
        """;
}
