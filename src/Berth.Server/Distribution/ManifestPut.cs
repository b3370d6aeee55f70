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
        var sizes = FindBlobs(transaction, missing) + FindChildren(transaction, missing);
        if (missing.Count > 0)
            return new PutManifestOutcome.MissingReferences(missing);
        var totalSize = (long)Int128.Min(content.Length + sizes, long.MaxValue);
        Insert(transaction, totalSize);
        if (tag is { } name)
            Manifests.MoveTag(transaction, access, name, digest, totalSize, now);
        return new PutManifestOutcome.Stored(digest);
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

    private object Parameters(Digest[] batch) => new { repository = access.RepositoryId, digests = batch.Select(item => item.ToBytes()).ToArray() };

    private sealed record LiveBlobRow(byte[] Digest, long Size);

    private sealed record LiveManifestRow(byte[] Digest, long TotalSize);
}
