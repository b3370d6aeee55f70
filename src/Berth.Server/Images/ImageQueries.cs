namespace Berth.Server.Images;

/// <summary>The SQL of what people see of a project's images.</summary>
internal static class ImageQueries
{
    /// <summary>Repositories with a tag, by name.</summary>
    public const string Repositories = """
        select r.id as Id, r.name as Name from repositories r
        where r.project_id = @project and r.name >= @from and r.deleted_at is null and exists (
            select 1 from tags t join manifests m on m.repository_id = t.repository_id and m.digest = t.digest and m.deleted_at is null where t.repository_id = r.id)
        order by r.name limit @limit
        """;

    public const string Repository = "select id as Id, name as Name from repositories where id = @id and project_id = @project and deleted_at is null";
}
