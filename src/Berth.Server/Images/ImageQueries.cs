namespace Berth.Server.Images;

/// <summary>The SQL of what people see of a project's images.</summary>
internal static class ImageQueries
{
    public const string Repository = "select id as Id, name as Name from repositories where id = @id and project_id = @project and deleted_at is null";
}
