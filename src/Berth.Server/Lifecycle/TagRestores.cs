using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Database;
using Berth.Server.Distribution;

namespace Berth.Server.Lifecycle;

/// <summary>
/// Gives tags back what they stood for. In one transaction, as a push: the manifest and all it needs are there, or are kept still and live
/// again. A restored tag has its old time of publication, and the job that pushed it.
/// </summary>
internal sealed class TagRestores(MetadataDatabase database, TimeProvider time)
{
    /// <summary>Tags that one call restores.</summary>
    public const int MaxTags = 1000;

    /// <summary>Tags in a transaction: some 10 ms in which nothing else is written to SQLite.</summary>
    private const int Batch = 50;

    /// <summary>Restores one tag.</summary>
    /// <param name="access">A Developer's.</param>
    /// <param name="repository">The repository's number.</param>
    /// <param name="tag">The tag.</param>
    /// <param name="eventId">To what it was before this event; null for when it ended last.</param>
    /// <param name="force">Also if the tag stands for something else now, which can then be restored in turn.</param>
    /// <param name="instead">Also if it stands for this now; null for none.</param>
    public Task<TagRestore> Restore(ImagesAccess access, long repository, Tag tag, long? eventId, bool force, Digest? instead = null)
    {
        access.Demand(AccessLevel.Developer);
        var now = time.Micros();
        return database.Write(transaction =>
        {
            if (!Lock(transaction, access, repository))
                return new TagRestore.NotFound();
            TagRemovals.FinishOfTag(transaction, repository, tag);
            var row = new { repository, tag = tag.ToString(), id = eventId ?? 0, now };
            var ended = transaction.QueryFirstOrDefault<EndedTag>(eventId is null ? TagTrashQueries.LastEnd : TagTrashQueries.BeforeEvent, row);
            return ended is null ? new TagRestore.NotFound() : Restore(transaction, access, repository, ended, force, now, instead);
        });
    }

    /// <summary>Restores the tags that are named, each to what it was when it ended last. Null if there is no such repository.</summary>
    public async Task<List<RestoredTag>?> Restore(ImagesAccess access, long repository, IReadOnlyCollection<Tag> tags, bool force)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tags.Count, MaxTags);
        access.Demand(AccessLevel.Developer);
        var now = time.Micros();
        var all = new List<RestoredTag>();
        foreach (var batch in tags.Chunk(Batch))
        {
            var restored = await database.Write(transaction =>
            {
                if (!Lock(transaction, access, repository))
                    return null;
                foreach (var tag in batch)
                    TagRemovals.FinishOfTag(transaction, repository, tag);
                return batch.Select(tag => transaction.QueryFirstOrDefault<EndedTag>(TagTrashQueries.LastEnd, new { repository, tag = tag.ToString(), now }) is { } ended
                    ? new RestoredTag(tag, Restore(transaction, access, repository, ended, force, now))
                    : new RestoredTag(tag, new TagRestore.NotFound())).ToList();
            });
            if (restored is null)
                return null;
            all.AddRange(restored);
        }
        return all;
    }

    /// <summary>
    /// Restores what one deletion took, in the order of names, behind <paramref name="after"/>, at most <see cref="MaxTags"/>. Null if
    /// there is no such repository; an empty list once all have been tried.
    /// </summary>
    /// <param name="access">A Developer's.</param>
    /// <param name="repository">The repository's number.</param>
    /// <param name="deletedAt">Microseconds: the one time of the deletion's events.</param>
    /// <param name="after">The last tag of the call before; empty at first.</param>
    /// <param name="force">Also tags that stand for something else now.</param>
    public async Task<List<RestoredTag>?> RestoreDeletion(ImagesAccess access, long repository, long deletedAt, string after, bool force)
    {
        access.Demand(AccessLevel.Developer);
        var now = time.Micros();
        var all = new List<RestoredTag>();
        while (all.Count < MaxTags)
        {
            var from = all.Count == 0 ? after : all[^1].Tag.ToString();
            var restored = await database.Write(transaction => Lock(transaction, access, repository)
                ? transaction.Query<EndedTag>(TagTrashQueries.OfDeletion, new { repository, at = deletedAt, after = from, now, limit = Batch })
                    .ConvertAll(ended => new RestoredTag(Tag.Parse(ended.Tag), Restore(transaction, access, repository, ended, force, now)))
                : null);
            if (restored is null)
                return null;
            all.AddRange(restored);
            if (restored.Count < Batch)
                break;
        }
        return all;
    }

    /// <summary>Brings back a manifest that was deleted by its digest, with the tags that ended with it.</summary>
    public Task<ManifestRestore> RestoreManifest(ImagesAccess access, long repository, Digest digest, bool force)
    {
        access.Demand(AccessLevel.Developer);
        var now = time.Micros();
        return database.Write<ManifestRestore>(transaction =>
        {
            var manifest = new { repository, digest = digest.ToBytes() };
            if (!Lock(transaction, access, repository))
                return new ManifestRestore.NotFound();
            TagRemovals.Finish(transaction, manifest);
            if (transaction.QueryFirstOrDefault<ManifestMark>(TagTrashQueries.ManifestMark, manifest) is not { DeletedAt: { } at })
                return new ManifestRestore.NotFound();
            if (ManifestRevival.Revive(transaction, repository, manifest.digest, now) is { Count: > 0 } missing)
                return new ManifestRestore.Gone(missing);
            var tags = transaction.Query<EndedTag>(TagTrashQueries.OfManifest, new { repository, at, manifest.digest, now, limit = MaxTags });
            return new ManifestRestore.Restored(tags.ConvertAll(ended => new RestoredTag(Tag.Parse(ended.Tag), Restore(transaction, access, repository, ended, force, now))));
        });
    }

    private static bool Lock(WriteTransaction transaction, ImagesAccess access, long repository) =>
        transaction.QueryForUpdate<long>(TagTrashQueries.LockImages, new { repository, project = access.Project.Id }) != 0;

    private static TagRestore Restore(WriteTransaction transaction, ImagesAccess access, long repository, EndedTag ended, bool force, long now, Digest? instead = null)
    {
        var digest = Digest.FromBytes(ended.Digest);
        var tag = Tag.Parse(ended.Tag);
        var current = transaction.QueryForUpdate<byte[]>(DistributionQueries.LockTag, new { repository, tag = ended.Tag });
        if (current is not null && current.AsSpan().SequenceEqual(ended.Digest))
            return new TagRestore.Restored(digest);
        if (current is not null && !force && Digest.FromBytes(current) is var taken && taken != instead)
            return new TagRestore.Taken(taken);
        if (ManifestRevival.Revive(transaction, repository, ended.Digest, now) is { Count: > 0 } missing)
            return new TagRestore.Gone(missing);
        if (current is null)
            TagRemovals.Record(transaction, new { repository, tag = ended.Tag });
        TagEvents.Record(transaction, new(repository, tag, TagAction.Restored, ended.Digest, current, access.Caller, now) { KeepUntil = now + access.Project.TrashDays * Clock.Day });
        var totalSize = transaction.QuerySingle<ManifestMark>(TagTrashQueries.ManifestMark, new { repository, digest = ended.Digest }).TotalSize;
        var published = ended.PublishedAt ?? now;
        var version = transaction.QuerySingle<long>(TagTrashQueries.PutTag, new { repository, tag = ended.Tag, digest = ended.Digest, totalSize, published, job = ended.JobId });
        // As in a push: the version is 1 of a tag that was not there, not even as one that is still to be removed.
        transaction.Execute(TagTrashQueries.CountRestored, new { repository, added = version == 1 ? 1L : 0L, published });
        return new TagRestore.Restored(digest);
    }

    private sealed record EndedTag(long Id, string Tag, byte[] Digest, long? PublishedAt, long? JobId);
}

/// <summary>A tag that was to be restored, and what became of it.</summary>
internal sealed record RestoredTag(Tag Tag, TagRestore Outcome);
