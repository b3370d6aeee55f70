using Berth.Server.Access;
using Berth.Server.Database;
using Berth.Server.Distribution;

namespace Berth.Server.Images;

/// <summary>What happened to tags: which digest when, by whom, from which job. Newest first, by keyset of the events' numbers.</summary>
internal sealed class TagHistory(MetadataDatabase database)
{
    public async Task<List<TagEventRow>> OfTag(ImageRow image, string tag, long before, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<TagEventRow>(TagEventQueries.OfTag, new { repository = image.Id, tag, before, limit }, cancellationToken);
    }

    public async Task<List<TagEventRow>> OfProject(ImagesAccess access, long before, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<TagEventRow>(TagEventQueries.OfProject, new { project = access.Project.Id, before, limit }, cancellationToken);
    }

    /// <summary>What happened, in a word.</summary>
    public static string ActionWord(long action) => (TagAction)action switch
    {
        TagAction.Created => "created",
        TagAction.Moved => "moved",
        TagAction.Deleted => "deleted",
        TagAction.ManifestDeleted => "deleted_with_manifest",
        _ => "restored",
    };
}

/// <summary>
/// An event as the database has it. The user is null for deploy tokens and users that are gone; the job if none pushed. Until
/// <c>KeepUntil</c> the tag can be given back what it stood for before.
/// </summary>
internal sealed record TagEventRow(
    long Id, long RepositoryId, string RepositoryName, string ImageName, string Tag, long Action, byte[]? Digest, byte[]? PreviousDigest, long At, long? UserId, string? Username,
    long? JobId, string? JobName, long? PipelineId, string? Ref, string? Sha, long? KeepUntil);
