using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Server.Distribution;

/// <summary>The one transaction in which a manifest enters a repository.</summary>
internal sealed class ManifestPut(RepositoryAccess access, Digest digest, ManifestDocument document, ReadOnlyMemory<byte> content, Tag? tag, long now)
{
    /// <summary>Digests in one query: both databases take many more parameters, but a plan of this size is still cheap.</summary>
    private const int QueryBatch = 500;

    public PutManifestOutcome Run(WriteTransaction transaction)
    {
        transaction.QueryForUpdate<long>(DistributionQueries.LockRepository, new { repository = access.RepositoryId });
        var missing = new List<Digest>();
        FindMissingBlobs(transaction, missing);
        var childrenSize = FindChildren(transaction, missing);
        if (missing.Count > 0)
            return new PutManifestOutcome.MissingReferences(missing);
        var totalSize = content.Length + childrenSize + BlobDescriptors().Sum(blob => blob.Size);
        Insert(transaction, totalSize);
        if (tag is { } name)
            Manifests.MoveTag(transaction, access, name, digest, totalSize, now);
        return new PutManifestOutcome.Stored(digest, document.Subject?.Digest);
    }

    /// <summary>Config and layers that must be here; layers that may not be distributed, or are to be had elsewhere, need not.</summary>
    private IEnumerable<Descriptor> BlobDescriptors() => document.References
        .Where(reference => reference.Kind is ReferenceKind.Config or ReferenceKind.Layer)
        .Select(reference => reference.Descriptor)
        .Where(blob => !MediaTypes.IsNonDistributable(blob.MediaType) && blob.Urls.Count == 0);

    private void FindMissingBlobs(WriteTransaction transaction, List<Digest> missing)
    {
        foreach (var batch in BlobDescriptors().Select(blob => blob.Digest).Distinct().Chunk(QueryBatch))
        {
            var live = transaction.Query<byte[]>(DistributionQueries.LiveBlobs, Parameters(batch)).Select(bytes => Digest.FromBytes(bytes)).ToHashSet();
            missing.AddRange(batch.Where(blob => !live.Contains(blob)));
        }
    }

    private long FindChildren(WriteTransaction transaction, List<Digest> missing)
    {
        var size = 0L;
        foreach (var batch in document.Manifests.Select(child => child.Digest).Distinct().Chunk(QueryBatch))
        {
            var live = transaction.Query<LiveManifestRow>(DistributionQueries.LiveManifests, Parameters(batch)).ToDictionary(row => Digest.FromBytes(row.Digest), row => row.TotalSize);
            size += live.Values.Sum();
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
            content = content.ToArray(),
            mediaType = document.MediaType,
            artifactType = document.EffectiveArtifactType,
            subject = document.Subject?.Digest.ToBytes(),
            size = (long)content.Length,
            bytes = (long)content.Length,
            totalSize,
            now,
            lease = now + Leases.Duration,
        };
        if (transaction.QuerySingle<long>(DistributionQueries.ManifestIsLive, row) == 0)
            transaction.Execute(DistributionQueries.InsertQuotaDelta, row);
        transaction.Execute(DistributionQueries.InsertManifestContent, row);
        transaction.Execute(DistributionQueries.UpsertManifest, row);
        foreach (var (descriptor, kind) in document.References)
        {
            transaction.Execute(DistributionQueries.InsertReference, new
            {
                row.repository,
                parent = row.digest,
                child = descriptor.Digest.ToBytes(),
                kind = (long)kind,
                size = descriptor.Size,
            });
        }
    }

    private object Parameters(Digest[] batch) => new { repository = access.RepositoryId, digests = batch.Select(item => item.ToBytes()) };

    private sealed record LiveManifestRow(byte[] Digest, long TotalSize);
}
