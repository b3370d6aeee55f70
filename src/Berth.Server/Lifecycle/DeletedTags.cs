using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Server.Lifecycle;

/// <summary>Lists the tags that can be restored, by keyset.</summary>
internal sealed class DeletedTags(MetadataDatabase database, TimeProvider time)
{
    /// <summary>Those of a project's repositories that are there, repository by repository, in each the longest kept first.</summary>
    public async Task<List<DeletedTag>> List(ImagesAccess access, DeletedTagPlace from, int limit, CancellationToken cancellationToken)
    {
        access.Demand(AccessLevel.Developer);
        var now = time.Micros();
        await using var connection = await database.OpenRead(cancellationToken);
        var all = new List<DeletedTag>();
        for (var place = from; all.Count < limit;)
        {
            var found = await connection.QueryFirstOrDefault<NamedRepository>(
                TagTrashQueries.RepositoriesWithDeletedTags, new { project = access.Project.Id, from = place.Repository, now, limit = 1 }, cancellationToken);
            if (found is null)
                break;
            if (found.Id != place.Repository)
                place = DeletedTagPlace.StartOf(found.Id);
            all.AddRange(await Read(connection, place, now, limit - all.Count, cancellationToken));
            place = DeletedTagPlace.StartOf(found.Id + 1);
        }
        return all;
    }

    /// <summary>Those of one repository; null if it is not there.</summary>
    public async Task<List<DeletedTag>?> ListOf(ImagesAccess access, DeletedTagPlace from, int limit, CancellationToken cancellationToken)
    {
        access.Demand(AccessLevel.Developer);
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<long?>(TagTrashQueries.LockImages, new { repository = from.Repository, project = access.Project.Id }, cancellationToken) is null
            ? null
            : await Read(connection, from, time.Micros(), limit, cancellationToken);
    }

    /// <summary>Those that one deletion of a repository took, by its number; none if the repository is not there.</summary>
    public async Task<List<DeletedTag>> OfDeletion(ImagesAccess access, long repository, long deletion, int limit, CancellationToken cancellationToken)
    {
        access.Demand(AccessLevel.Developer);
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<long?>(TagTrashQueries.LockImages, new { repository, project = access.Project.Id }, cancellationToken) is null
            ? []
            : await connection.Query<DeletedTag>(TagTrashQueries.GoneByDeletion, new { repository, at = deletion, now = time.Micros(), limit }, cancellationToken);
    }

    private static Task<List<DeletedTag>> Read(ReadConnection connection, DeletedTagPlace place, long now, int limit, CancellationToken cancellationToken) =>
        connection.Query<DeletedTag>(TagTrashQueries.DeletedTags, new { repository = place.Repository, keep = place.KeepUntil, id = place.EventId, now, limit }, cancellationToken);

    private sealed record NamedRepository(long Id, string Name);
}

/// <summary>A tag that can be restored until <c>KeepUntil</c>, by the event that ended it. Times in microseconds.</summary>
internal sealed record DeletedTag(
    long Id, long RepositoryId, string Tag, long Action, byte[] Digest, long DeletedAt, long KeepUntil, long? UserId, string? Username, string Credential, long? JobId,
    string RepositoryName)
{
    public DeletedTagPlace Place => new(RepositoryId, KeepUntil, Id);
}

/// <summary>Where in the list of deleted tags to go on: behind this event.</summary>
internal readonly record struct DeletedTagPlace(long Repository, long KeepUntil, long EventId)
{
    public static DeletedTagPlace StartOf(long repository) => new(repository, long.MaxValue, long.MaxValue);

    public override string ToString() => FormattableString.Invariant($"{Repository}.{KeepUntil}.{EventId}");

    public static bool TryParse(string text, out DeletedTagPlace place)
    {
        var parts = text.Split('.');
        place = default;
        if (parts.Length != 3 || !long.TryParse(parts[0], out var repository) || !long.TryParse(parts[1], out var keep) || !long.TryParse(parts[2], out var id))
            return false;
        place = new DeletedTagPlace(repository, keep, id);
        return true;
    }
}
