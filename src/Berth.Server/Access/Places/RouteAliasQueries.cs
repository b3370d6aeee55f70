namespace Berth.Server.Access.Places;

/// <summary>The SQL of the paths at which projects and groups were.</summary>
internal static class RouteAliasQueries
{
    /// <summary>The paths at and below one, of what is about to leave it.</summary>
    public const string Keep = """
        insert into route_aliases (path_lower, namespace_id, project_id, until)
        select path_lower, namespace_id, project_id, @until from routes where path_lower = @path or (path_lower > @from and path_lower < @end)
        on conflict (path_lower) do update set namespace_id = excluded.namespace_id, project_id = excluded.project_id, until = excluded.until
        """;

    /// <summary>The aliases at and below a path that was given out.</summary>
    public const string End = "delete from route_aliases where path_lower = @path or (path_lower > @from and path_lower < @end)";

    public const string DeleteExpired = """
        delete from route_aliases where path_lower in (select path_lower from route_aliases where until <= @now order by until, path_lower limit @limit)
        """;
}
