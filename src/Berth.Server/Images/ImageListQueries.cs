namespace Berth.Server.Images;

/// <summary>The SQL of a project's images on its pages, by keyset: those that something was pushed to, also when no tag is left.</summary>
internal static class ImageListQueries
{
    /// <summary>Nothing is null here, so that it can be a key.</summary>
    private const string Published = "coalesce(r.last_published_at, 0)";

    /// <summary>A page by order, behind @key and @id, of those whose name fits @pattern; @root: the project's own image, which has no name, fits.</summary>
    public static readonly (string Order, string Sql)[] Pages =
    [
        ("name asc", Page("r.name >= @name", "r.name")),
        ("name desc", Page("r.name < @name", "r.name desc")),
        ("published asc", Page($"({Published}, r.id) > (@key, @id)", $"{Published}, r.id")),
        ("published desc", Page($"({Published}, r.id) < (@key, @id)", $"{Published} desc, r.id desc")),
        ("size asc", Page("(r.size, r.id) > (@key, @id)", "r.size, r.id")),
        ("size desc", Page("(r.size, r.id) < (@key, @id)", "r.size desc, r.id desc")),
    ];

    private static string Page(string place, string order) => $"""
        select r.id as Id, r.name as Name, r.tag_count as TagCount, r.last_published_at as LastPublishedAt, {ImageSize.Of} as Size, r.size as CountedSize
        from repositories r
        where r.project_id = @project and {place} and r.deleted_at is null and exists (select 1 from manifests a where a.repository_id = r.id)
            and (lower(r.name) like @pattern escape '\' or (r.name = '' and @root = 1))
        order by {order} limit @limit
        """;
}
