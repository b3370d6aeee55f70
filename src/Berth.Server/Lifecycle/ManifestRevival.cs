using Berth.Oci;
using Berth.Server.Database;
using Berth.Server.Distribution;

namespace Berth.Server.Lifecycle;

/// <summary>Lets a deleted manifest live again together with what it needs that was deleted too: children, configs and layers that are kept still.</summary>
internal static class ManifestRevival
{
    /// <summary>Digests in one query, as in a push.</summary>
    private const int QueryBatch = 500;

    /// <summary>With the repository's row locked. Returns what is kept no more; then nothing lives again.</summary>
    public static List<Digest> Revive(WriteTransaction transaction, long repository, byte[] root, long now)
    {
        var missing = new List<Digest>();
        var manifests = new List<byte[]>();
        var blobs = new HashSet<Digest>();
        var seen = new HashSet<Digest> { Digest.FromBytes(root) };
        var waiting = new Queue<byte[]>([root]);
        while (waiting.TryDequeue(out var digest))
        {
            var mark = transaction.QueryFirstOrDefault<ManifestMark>(TagTrashQueries.ManifestMark, new { repository, digest });
            // What a living manifest needs is not deleted before it.
            if (mark is { DeletedAt: null })
                continue;
            if (mark is null || mark.KeepUntil <= now)
            {
                missing.Add(Digest.FromBytes(digest));
                continue;
            }
            manifests.Add(digest);
            foreach (var needed in transaction.Query<Needed>(TagTrashQueries.NeededBy, new { repository, digest }))
            {
                if (needed.Kind != (long)ReferenceKind.Child)
                    blobs.Add(Digest.FromBytes(needed.Digest));
                else if (seen.Add(Digest.FromBytes(needed.Digest)))
                    waiting.Enqueue(needed.Digest);
            }
        }
        var dead = FindDead(transaction, repository, blobs, missing, now);
        if (missing.Count == 0)
            Revive(transaction, repository, manifests, dead, now);
        return missing;
    }

    /// <summary>Those of the blobs that were deleted and are kept; what is not there, or kept no more, is missing.</summary>
    private static List<byte[]> FindDead(WriteTransaction transaction, long repository, HashSet<Digest> blobs, List<Digest> missing, long now)
    {
        var dead = new List<byte[]>();
        foreach (var batch in blobs.Chunk(QueryBatch))
        {
            var row = new { repository, digests = batch.Select(blob => blob.ToBytes()).ToArray() };
            transaction.QueryAllForUpdate<long>(TagTrashQueries.LockBlobs, row);
            var marks = transaction.Query<BlobMark>(TagTrashQueries.BlobMarks, row)
                .ToDictionary(mark => Digest.FromBytes(mark.Digest));
            foreach (var blob in batch)
            {
                if (!marks.TryGetValue(blob, out var mark) || (mark.DeletedAt is not null && mark.KeepUntil <= now))
                    missing.Add(blob);
                else if (mark.DeletedAt is not null)
                    dead.Add(mark.Digest);
            }
        }
        return dead;
    }

    private static void Revive(WriteTransaction transaction, long repository, List<byte[]> manifests, List<byte[]> blobs, long now)
    {
        var lease = now + Leases.Duration;
        foreach (var batch in blobs.Chunk(QueryBatch))
        {
            transaction.Execute(TagTrashQueries.ReviveBlobs, new { repository, digests = batch, lease });
            transaction.Execute(TagTrashQueries.PutOnBlobs, new { repository, digests = batch, now });
        }
        foreach (var digest in manifests)
        {
            // Its old tags that have not ended yet must not come back by this.
            TagRemovals.Finish(transaction, new { repository, digest });
            transaction.Execute(TagTrashQueries.ReviveManifest, new { repository, digest, lease });
            transaction.Execute(TagTrashQueries.PutOnManifest, new { repository, digest, now });
        }
    }

    private sealed record Needed(byte[] Digest, long Kind);

    private sealed record BlobMark(byte[] Digest, long? DeletedAt, long? KeepUntil);
}

/// <summary>Whether a manifest lives, and of a deleted one until when it is kept, in microseconds.</summary>
internal sealed record ManifestMark(long? DeletedAt, long? KeepUntil, long TotalSize);
