using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Server.Distribution;

/// <summary>The manifests and tags of repositories.</summary>
internal sealed class Manifests(MetadataDatabase database, Leases leases, ImageFacts imageFacts, TagRemovals tagRemovals, TimeProvider time)
{
    private const long TagCreated = 1;
    private const long TagMoved = 2;
    private const long TagDeleted = 3;

    private readonly RowCache<(long RepositoryId, Reference Reference), ManifestRow> _rows = new(database, time);

    /// <summary>The manifest under a tag or digest, if this repository has it. <paramref name="mayWait"/>: for the lease.</summary>
    public async ValueTask<Manifest?> Find(RepositoryAccess access, Reference reference, bool mayWait, CancellationToken cancellationToken)
    {
        access.Demand(RegistryActions.Pull);
        var row = _rows.Find((access.RepositoryId, reference)) ?? await Read(access.RepositoryId, reference, cancellationToken);
        if (row is null)
            return null;
        await leases.Renew(LeaseKind.Manifest, access.RepositoryId, row.Manifest.Digest, row.LeaseUntil, mayWait);
        return row.Manifest;
    }

    /// <summary>
    /// Takes a manifest whose every reference is live in this repository, and moves the tags that were named: check, rows, tags, tag
    /// events, lease and quota are one transaction.
    /// </summary>
    public async Task<PutManifestOutcome> Put(RepositoryAccess access, ManifestUpload upload)
    {
        access.Demand(RegistryActions.Push);
        ManifestDocument document;
        try
        {
            document = ManifestDocument.Parse(upload.Content.Span, upload.ContentType);
        }
        catch (ManifestInvalidException invalid)
        {
            return new PutManifestOutcome.Invalid(invalid.Message);
        }
        var digest = Digest.Of(upload.Reference.Digest?.Algorithm ?? DigestAlgorithm.Sha256, upload.Content.Span);
        if (upload.Reference.Digest is { } wanted && wanted != digest)
            return new PutManifestOutcome.WrongDigest(wanted, digest);
        var put = new ManifestPut(access, digest, document, upload, time.Micros());
        var outcome = await database.Write(put.Run);
        if (outcome is PutManifestOutcome.Stored && document.Config is not null)
            imageFacts.ReadLater(access, digest, document.Config);
        return outcome;
    }

    /// <summary>Removes a tag; the manifest stays.</summary>
    public Task<ManifestDeletion> DeleteTag(RepositoryAccess access, Tag tag)
    {
        access.Demand(RegistryActions.Delete);
        var now = time.Micros();
        return database.Write<ManifestDeletion>(transaction =>
        {
            var row = new { repository = access.RepositoryId, tag = tag.ToString(), removed = 1L };
            transaction.QueryForUpdate<long>(DistributionQueries.LockRepository, row);
            if (transaction.QueryForUpdate<byte[]>(DistributionQueries.LockTag, row) is not { } previous)
                return new ManifestDeletion.NotFound();
            transaction.Execute(DistributionQueries.DeleteTag, row);
            transaction.Execute(DistributionQueries.CountRemoved, row);
            WriteEvent(transaction, access, tag, TagDeleted, null, previous, now);
            return new ManifestDeletion.Deleted();
        });
    }

    /// <summary>Marks a manifest deleted; all its tags end with it. A child of a living index is refused: the index would break.</summary>
    public async Task<ManifestDeletion> DeleteManifest(RepositoryAccess access, Digest digest)
    {
        access.Demand(RegistryActions.Delete);
        var now = time.Micros();
        var tagsLeft = false;
        var deletion = await database.Write<ManifestDeletion>(transaction =>
        {
            var row = new
            {
                repository = access.RepositoryId,
                project = access.Project.Id,
                digest = digest.ToBytes(),
                user = access.Caller.UserId,
                credential = access.Caller.Credential,
                job = access.Caller.JobId,
                now,
                keep = now + access.Project.TrashDays * Clock.Day,
            };
            transaction.QueryForUpdate<long>(DistributionQueries.LockRepository, row);
            if (transaction.QueryFirstOrDefault<byte[]>(DistributionQueries.LiveParent, row) is { } parent)
                return new ManifestDeletion.InUse(Digest.FromBytes(parent));
            if (transaction.Execute(DistributionQueries.MarkManifestDeleted, row) == 0)
                return new ManifestDeletion.NotFound();
            transaction.Execute(DistributionQueries.TakeOffManifest, row);
            tagsLeft = TagRemovals.Begin(transaction, row);
            return new ManifestDeletion.Deleted();
        });
        if (tagsLeft)
            tagRemovals.Continue();
        return deletion;
    }

    /// <summary>Points a tag at a manifest, counts it and writes down where it pointed before. The repository's row is locked.</summary>
    public static void MoveTag(WriteTransaction transaction, RepositoryAccess access, Tag tag, Digest digest, long totalSize, long now)
    {
        var row = new { repository = access.RepositoryId, tag = tag.ToString(), digest = digest.ToBytes(), totalSize, job = access.Caller.JobId, now };
        var previous = transaction.QueryForUpdate<byte[]>(DistributionQueries.LockTag, row);
        if (previous is null)
            TagRemovals.Record(transaction, row);
        var added = transaction.QuerySingle<long>(DistributionQueries.UpsertTag, row) == 1 ? 1L : 0L;
        transaction.Execute(DistributionQueries.CountPublished, new { row.repository, added, now });
        if (previous is null || !previous.AsSpan().SequenceEqual(row.digest))
            WriteEvent(transaction, access, tag, previous is null ? TagCreated : TagMoved, row.digest, previous, now);
    }

    private async ValueTask<ManifestRow?> Read(long repositoryId, Reference reference, CancellationToken cancellationToken)
    {
        var generation = database.Generation;
        await using var connection = await database.OpenRead(cancellationToken);
        var command = connection.Prepare(reference.Tag is null ? DistributionQueries.ManifestByDigest : DistributionQueries.ManifestByTag, "repository", "reference");
        command.Parameters[0].Value = repositoryId;
        command.Parameters[1].Value = reference.Digest is { } digest ? digest.ToBytes() : reference.ToString();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return null;
        var row = new ManifestRow(new Manifest(Digest.FromBytes((byte[])reader.GetValue(0)), reader.GetString(1), reader.GetInt64(2)), reader.GetInt64(3));
        _rows.Keep((repositoryId, reference), generation, row);
        return row;
    }

    private static void WriteEvent(WriteTransaction transaction, RepositoryAccess access, Tag tag, long action, byte[]? digest, byte[]? previous, long now) =>
        transaction.Execute(DistributionQueries.InsertTagEvent, new
        {
            repository = access.RepositoryId,
            tag = tag.ToString(),
            action,
            digest,
            previous,
            user = access.Caller.UserId,
            credential = access.Caller.Credential,
            job = access.Caller.JobId,
            now,
            keep = previous is null ? (long?)null : now + access.Project.TrashDays * Clock.Day,
        });

    private sealed record ManifestRow(Manifest Manifest, long LeaseUntil);
}
