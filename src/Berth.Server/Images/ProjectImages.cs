using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Server.Images;

/// <summary>A project's images as its pages list them: with sizes, times, and the job that pushed each tag last. By keyset.</summary>
internal sealed class ProjectImages(MetadataDatabase database)
{
    /// <summary>Repositories that hold a tag, from a name on.</summary>
    public async Task<List<ImageRow>> List(ImagesAccess access, string from, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<ImageRow>(ImageQueries.Repositories, new { project = access.Project.Id, from, limit }, cancellationToken);
    }

    public async Task<ImageRow?> Find(ImagesAccess access, long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<ImageRow>(ImageQueries.Repository, new { project = access.Project.Id, id }, cancellationToken);
    }

    /// <summary>A repository's tags, newest first; <paramref name="from"/> is the first of the page, null for the newest.</summary>
    public async Task<List<ImageTagRow>> Tags(ImageRow image, (long PublishedAt, string Tag)? from, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return from is var (published, tag)
            ? await connection.Query<ImageTagRow>(ImageQueries.TagsFrom, new { repository = image.Id, published, tag, limit }, cancellationToken)
            : await connection.Query<ImageTagRow>(ImageQueries.NewestTags, new { repository = image.Id, limit }, cancellationToken);
    }
}

/// <summary>A repository of images. <c>Name</c> is what follows the project's path: empty, or one or two names.</summary>
internal sealed record ImageRow(long Id, string Name);

/// <summary>A tag, and where it came from if a job pushed it.</summary>
internal sealed record ImageTagRow(
    string Tag, byte[] Digest, long Size, long PublishedAt, string? Platform, string MediaType, long? JobId, string? JobName, long? PipelineId, string? Ref, string? Sha);
