using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Database;
using Berth.Server.Distribution;

namespace Berth.Server.Lifecycle;

/// <summary>
/// Takes tags away. Their manifests stay, with all other tags; each leaves an event by which <see cref="TagRestores"/> gives it back as
/// long as the project keeps what is deleted.
/// </summary>
internal sealed class TagTrash(MetadataDatabase database, TimeProvider time)
{
    /// <summary>Tags that one call takes: what a page shows at most.</summary>
    public const int MaxTags = 1000;

    /// <summary>False if there is no such tag, or no such repository.</summary>
    public async Task<bool> Delete(ImagesAccess access, long repository, Tag tag) => (await Delete(access, repository, [tag])).Count == 1;

    /// <summary>Takes those of the tags that are there, and returns how many that were. They are one deletion: their events have one time, its number.</summary>
    public async Task<(int Count, long DeletionId)> Delete(ImagesAccess access, long repository, IReadOnlyCollection<Tag> tags)
    {
        access.Demand(AccessLevel.Developer);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tags.Count, MaxTags);
        var now = time.Micros();
        var count = await database.Write(transaction =>
        {
            if (transaction.QueryForUpdate<long>(TagTrashQueries.LockImages, new { repository, project = access.Project.Id }) == 0)
                return 0;
            return Delete(transaction, repository, new
            {
                repository,
                names = tags.Select(tag => tag.ToString()).Distinct().ToArray(),
                user = access.Caller.UserId,
                credential = access.Caller.Credential,
                job = access.Caller.JobId,
                at = now,
                keep = now + access.Project.TrashDays * Clock.Day,
            });
        });
        return (count, now);
    }

    /// <summary>With the repository's row locked. <paramref name="deletion"/>: the parameters of <see cref="TagTrashQueries.RecordTags"/>.</summary>
    public static int Delete(WriteTransaction transaction, long repository, object deletion)
    {
        transaction.Execute(TagTrashQueries.RecordTags, deletion);
        var removed = transaction.Execute(TagTrashQueries.DeleteTags, deletion);
        transaction.Execute(DistributionQueries.CountRemoved, new { repository, removed });
        return removed;
    }
}
