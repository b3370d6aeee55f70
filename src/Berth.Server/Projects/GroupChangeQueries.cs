namespace Berth.Server.Projects;

/// <summary>The SQL that makes, changes and ends groups.</summary>
internal static class GroupChangeQueries
{
    public const string Depth = "select count(*) from namespace_ancestors where namespace_id = @id";

    public const string Update = """
        update namespaces set name = @name, description = @description, visibility = @visibility, project_creation = @projectCreation,
            push_creates_projects = @pushCreatesProjects
        where id = @id
        """;

    public const string MostOpenSubgroup = "select max(visibility) from namespaces where parent_id = @id and deleted_at is null";

    public const string MostOpenProject = "select max(visibility) from projects where namespace_id = @id and deleted_at is null";

    public const string AnySubgroup = "select id from namespaces where parent_id = @id and deleted_at is null limit 1";

    public const string AnyProject = "select id from projects where namespace_id = @id and deleted_at is null limit 1";

    public const string MarkDeleted = "update namespaces set deleted_at = @now where id = @id";

    public const string DeleteRoute = "delete from routes where namespace_id = @id";
}
