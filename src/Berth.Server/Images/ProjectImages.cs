using Berth.Server.Access;
using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Images;

/// <summary>A project's images as its pages list them: with sizes, times, and the job that pushed each tag last. By keyset.</summary>
internal sealed class ProjectImages(MetadataDatabase database)
{
    /// <summary>Repositories that something was pushed to, and where the list goes on; null at its end.</summary>
    public async Task<(List<ListedImage> Images, ImagePosition? Next)> List(ImagesAccess access, ImageFilter filter, int size, CancellationToken cancellationToken)
    {
        var order = $"{filter.Sort.ToString().ToLowerInvariant()} {(filter.Descending ? "desc" : "asc")}";
        var after = filter.After;
        await using var connection = await database.OpenRead(cancellationToken);
        var rows = await connection.Query<ListedImage>(Array.Find(ImageListQueries.Pages, page => page.Order == order).Sql, new
        {
            project = access.Project.Id,
            // The project's own image has an empty name; no name holds a space, and each is less than '~'.
            name = filter.Descending ? after?.Name ?? "~" : after is null ? "" : after.Name + " ",
            key = after?.Position ?? (filter.Descending ? long.MaxValue : -1),
            id = after?.Id ?? 0,
            pattern = filter.Text.Length == 0 ? "%" : LikePattern.Holding(filter.Text),
            root = access.Project.FullPath.Contains(filter.Text, StringComparison.OrdinalIgnoreCase) ? 1L : 0L,
            limit = size + 1,
        }, cancellationToken);
        return rows.Count <= size ? (rows, null) : (rows[..size], Position(rows[size - 1], filter.Sort));
    }

    public async Task<ImageRow?> Find(ImagesAccess access, long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<ImageRow>(ImageQueries.Repository, new { project = access.Project.Id, id }, cancellationToken);
    }

    private static ImagePosition Position(ListedImage image, TagSort sort) => new(image.Id, image.Name, sort switch
    {
        TagSort.Published => image.LastPublishedAt ?? 0,
        TagSort.Size => image.CountedSize,
        _ => 0,
    });
}

/// <summary>A repository of images. <c>Name</c> is what follows the project's path: empty, or one or two names.</summary>
internal sealed record ImageRow(long Id, string Name);

/// <summary>A repository in a list. Set by properties: of a sum, when there is no row, SQLite tells no type that a constructor could be found by.</summary>
internal sealed record ListedImage
{
    public long Id { get; init; }

    public string Name { get; init; } = "";

    public long TagCount { get; init; }

    /// <summary>Microseconds; null if it never had a tag.</summary>
    public long? LastPublishedAt { get; init; }

    /// <summary>Bytes.</summary>
    public long Size { get; init; }

    /// <summary>The part of the size that lists are ordered by.</summary>
    public long CountedSize { get; init; }

    public ImageRow Image => new(Id, Name);
}

/// <summary>Which of a project's images are wanted, in which order, from where on. <c>Text</c>: part of the name.</summary>
internal sealed record ImageFilter(string Text, TagSort Sort, bool Descending, ImagePosition? After);

/// <summary>A place in an order of images: the time or size, the name and the number.</summary>
internal sealed record ImagePosition(long Id, string Name, long Position);

/// <summary>A tag, who pushed it, and where it came from if a job did. <c>Credential</c>: as in tag events; null for tags older than those.</summary>
internal sealed record ImageTagRow(
    string Tag, byte[] Digest, long Size, long PublishedAt, string? Platform, string MediaType, string? ArtifactType, long? JobId, string? JobName, long? PipelineId, string? Ref, string? Sha,
    string? Username, string? Credential, byte[]? Signature);
