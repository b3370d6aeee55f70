using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Server.Distribution;

/// <summary>The one transaction in which a manifest enters a repository.</summary>
internal sealed class ManifestPut(RepositoryAccess access, Digest digest, ManifestDocument document, ManifestUpload upload, long now)
{
    /// <summary>Digests in one query: both databases take many more parameters, but a plan of this size is still cheap.</summary>
    private const int QueryBatch = 500;

    public PutManifestOutcome Run(WriteTransaction transaction)
    {
        if (transaction.QueryForUpdate<long>(DistributionQueries.LockRepository, new { repository = access.RepositoryId }) == 0)
            return new PutManifestOutcome.RepositoryGone();
        var missing = new List<Digest>();
        var sizes = FindBlobs(transaction, missing) + FindChildren(transaction, missing);
        if (missing.Count > 0 && !access.Project.AllowsSparseManifests)
            return new PutManifestOutcome.MissingReferences(missing);
        if (!upload.Condition.Holds(Current(transaction)?.ToString(), digest.ToString()))
            return new PutManifestOutcome.ConditionFailed();
        var totalSize = (long)Int128.Min(upload.Content.Length + sizes, long.MaxValue);
        Insert(transaction, totalSize);
        InsertReferences(transaction, missing.ToHashSet());
        foreach (var tag in upload.AllTags)
            Manifests.MoveTag(transaction, access, tag, digest, totalSize, now);
        return new PutManifestOutcome.Stored(digest, document.Subject?.Digest);
    }

    /// <summary>What the reference stands for now; only if a condition asks.</summary>
    private Digest? Current(WriteTransaction transaction)
    {
        if (upload.Condition.IsNone)
            return null;
        var row = new { repository = access.RepositoryId, tag = upload.Reference.Tag?.ToString(), digest = upload.Reference.Digest?.ToBytes() };
        if (upload.Reference.Tag is null)
            return transaction.QuerySingle<long>(DistributionQueries.ManifestIsLive, row) == 0 ? null : upload.Reference.Digest;
        return transaction.QueryForUpdate<byte[]>(DistributionQueries.LockTag, row) is { } bytes ? Digest.FromBytes(bytes) : null;
    }

    /// <summary>Config and layers that must be here.</summary>
    private IEnumerable<Digest> Blobs() => document.References
        .Where(reference => reference.Kind is ReferenceKind.Config or ReferenceKind.Layer)
        .Select(reference => reference.Descriptor.Digest);

    /// <summary>The sizes of the blobs as they are stored, each once: what a manifest claims is not to be added up.</summary>
    private Int128 FindBlobs(WriteTransaction transaction, List<Digest> missing)
    {
        Int128 size = 0;
        foreach (var batch in Blobs().Distinct().Chunk(QueryBatch))
        {
            var live = transaction.Query<LiveBlobRow>(DistributionQueries.LiveBlobs, Parameters(batch)).ToDictionary(row => Digest.FromBytes(row.Digest), row => row.Size);
            size += live.Values.Aggregate((Int128)0, static (sum, one) => sum + one);
            missing.AddRange(batch.Where(blob => !live.ContainsKey(blob)));
        }
        return size;
    }

    /// <summary>The sizes of the children with all that is theirs. Indexes that share children count them more than once, so it may grow without bound.</summary>
    private Int128 FindChildren(WriteTransaction transaction, List<Digest> missing)
    {
        Int128 size = 0;
        foreach (var batch in document.Manifests.Select(child => child.Digest).Distinct().Chunk(QueryBatch))
        {
            var live = transaction.Query<LiveManifestRow>(DistributionQueries.LiveManifests, Parameters(batch)).ToDictionary(row => Digest.FromBytes(row.Digest), row => row.TotalSize);
            size += live.Values.Aggregate((Int128)0, static (sum, one) => sum + one);
            missing.AddRange(batch.Where(child => !live.ContainsKey(child)));
        }
        return size;
    }

    private void Insert(WriteTransaction transaction, long totalSize)
    {
        var row = new
        {
            repository = access.RepositoryId,
            project = access.Project.Id,
            digest = digest.ToBytes(),
            content = upload.Content.ToArray(),
            mediaType = document.MediaType,
            artifactType = document.EffectiveArtifactType,
            subject = document.Subject?.Digest.ToBytes(),
            annotations = document.Subject is null ? null : Referrers.Text(document.Annotations),
            size = (long)upload.Content.Length,
            bytes = (long)upload.Content.Length,
            totalSize,
            now,
            lease = now + Leases.Duration,
        };
        if (transaction.QuerySingle<long>(DistributionQueries.ManifestIsLive, row) == 0)
        {
            transaction.Execute(DistributionQueries.InsertQuotaDelta, row);
            TagRemovals.Finish(transaction, new { row.repository, row.digest });
        }
        transaction.Execute(DistributionQueries.InsertManifestContent, row);
        transaction.Execute(DistributionQueries.UpsertManifest, row);
    }

    /// <summary>What is missing here need not be here: it is marked so, also where the manifest came whole before.</summary>
    private void InsertReferences(WriteTransaction transaction, HashSet<Digest> missing)
    {
        if (missing.Count > 0)
            transaction.Execute(DistributionQueries.DeleteReferences, new { repository = access.RepositoryId, parent = digest.ToBytes() });
        foreach (var (descriptor, kind) in document.References)
        {
            var isMissing = kind != ReferenceKind.Subject && missing.Contains(descriptor.Digest);
            transaction.Execute(DistributionQueries.InsertReference, new
            {
                repository = access.RepositoryId,
                parent = digest.ToBytes(),
                child = descriptor.Digest.ToBytes(),
                kind = (long)(isMissing ? kind == ReferenceKind.Child ? ReferenceKind.ExternalChild : ReferenceKind.ExternalLayer : kind),
                size = descriptor.Size,
            });
        }
    }

    private object Parameters(Digest[] batch) => new { repository = access.RepositoryId, digests = batch.Select(item => item.ToBytes()).ToArray() };

    private sealed record LiveBlobRow(byte[] Digest, long Size);

    private sealed record LiveManifestRow(byte[] Digest, long TotalSize);
}
