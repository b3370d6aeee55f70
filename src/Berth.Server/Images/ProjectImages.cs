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
}

/// <summary>A repository of images. <c>Name</c> is what follows the project's path: empty, or one or two names.</summary>
internal sealed record ImageRow(long Id, string Name);

/// <summary>A tag, who pushed it, and where it came from if a job did. <c>Credential</c>: as in tag events; null for tags older than those.</summary>
internal sealed record ImageTagRow(
    string Tag, byte[] Digest, long Size, long PublishedAt, string? Platform, string MediaType, string? ArtifactType, long? JobId, string? JobName, long? PipelineId, string? Ref, string? Sha,
    string? Username, string? Credential, byte[]? Signature);
