using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Database;
using Berth.Server.Http;
using Berth.Server.Storage;

namespace Berth.Server.Distribution;

/// <summary>The blobs of repositories: read, linked from one repository to another, and unlinked.</summary>
internal sealed class Blobs(MetadataDatabase database, IBlobStorage storage, Leases leases, TimeProvider time)
{
    private readonly RowCache<(long RepositoryId, Digest Digest), BlobRow> _rows = new(database, time);
    private readonly RowCache<Digest, Blob> _whole = new(database, time);

    /// <summary>The blob, if this repository has it. <paramref name="mayWait"/>: for the lease, where it runs short.</summary>
    public async ValueTask<Blob?> Find(RepositoryAccess access, Digest digest, bool mayWait, CancellationToken cancellationToken)
    {
        access.Demand(RegistryActions.Pull);
        return await Find(access.RepositoryId, digest, mayWait, cancellationToken);
    }

    /// <summary>Opens the bytes; null if the store does not have them whole: then the blob is absent, so that clients push it again.</summary>
    public async ValueTask<IBlobReader?> Open(Blob blob, CancellationToken cancellationToken)
    {
        await SocketThread.Leave();
        var reader = await storage.OpenBlob(blob.Digest, blob.Location, cancellationToken);
        if (reader is null || reader.Length == blob.Size)
            return reader;
        reader.Dispose();
        return null;
    }

    /// <summary>Whether the store has the bytes in their length; looked at once between two commits, and once a second.</summary>
    public async ValueTask<bool> IsWhole(Blob blob, CancellationToken cancellationToken)
    {
        if (_whole.Find(blob.Digest) is not null)
            return true;
        var generation = database.Generation;
        using var reader = await Open(blob, cancellationToken);
        if (reader is null)
            return false;
        _whole.Keep(blob.Digest, generation, blob);
        return true;
    }

    /// <summary>The bytes of a small blob whose manifest this access has just put; null if it is larger than that, or gone.</summary>
    public async Task<byte[]?> ReadSmall(RepositoryAccess access, Digest digest, int atMost, CancellationToken cancellationToken)
    {
        if (await Find(access.RepositoryId, digest, mayWait: false, cancellationToken) is not { } blob || blob.Size > atMost)
            return null;
        using var reader = await Open(blob, cancellationToken);
        if (reader is null)
            return null;
        var bytes = new byte[blob.Size];
        for (var filled = 0; filled < bytes.Length;)
        {
            var read = await reader.Read(bytes.AsMemory(filled), filled, cancellationToken);
            if (read == 0)
                return null;
            filled += read;
        }
        return bytes;
    }

    /// <summary>Links a blob that the caller may pull from <paramref name="source"/> into the repository that it may push to.</summary>
    public async Task<bool> Mount(RepositoryAccess access, RepositoryAccess source, Digest digest, CancellationToken cancellationToken)
    {
        access.Demand(RegistryActions.Push);
        source.Demand(RegistryActions.Pull);
        if (await Find(source.RepositoryId, digest, mayWait: true, cancellationToken) is not { } blob)
            return false;
        // A damaged blob is pushed instead, and heals.
        using (var reader = await Open(blob, cancellationToken))
        {
            if (reader is null)
                return false;
        }
        var now = time.Micros();
        return await database.Write(transaction =>
        {
            // Read again under the transaction: a collector may have marked it since.
            if (transaction.QueryForUpdate<long>(DistributionQueries.LockBlob, new { digest = digest.ToBytes() }) != 1)
                return false;
            Link(transaction, access, digest, blob.Size, now);
            return true;
        });
    }

    /// <summary>Takes the blob out of the repository; false if it is not there, or a live manifest needs it.</summary>
    public async Task<BlobDeletion> Delete(RepositoryAccess access, Digest digest)
    {
        access.Demand(RegistryActions.Delete);
        var now = time.Micros();
        return await database.Write(transaction =>
        {
            var row = new { repository = access.RepositoryId, project = access.Project.Id, digest = digest.ToBytes(), now, keep = now + access.Project.TrashDays * Clock.Day };
            if (transaction.QueryForUpdate<long>(DistributionQueries.LockRepository, row) == 0)
                return BlobDeletion.NotFound;
            if (transaction.QueryFirstOrDefault<byte[]>(DistributionQueries.LiveParent, row) is not null)
                return BlobDeletion.InUse;
            if (transaction.Execute(DistributionQueries.UnlinkBlob, row) == 0)
                return BlobDeletion.NotFound;
            transaction.Execute(DistributionQueries.TakeOffBlob, row);
            return BlobDeletion.Deleted;
        });
    }

    /// <summary>Makes the repository have the blob, with a new lease, and counts its bytes if it did not have it.</summary>
    public static void Link(WriteTransaction transaction, RepositoryAccess access, Digest digest, long size, long now)
    {
        var row = new
        {
            repository = access.RepositoryId,
            project = access.Project.Id,
            digest = digest.ToBytes(),
            lease = now + Leases.Duration,
            bytes = size,
            now,
        };
        if (transaction.QueryForUpdate<long?>(DistributionQueries.LockLiveLink, row) is null)
            transaction.Execute(DistributionQueries.InsertQuotaDelta, row);
        transaction.Execute(DistributionQueries.LinkBlob, row);
    }

    private async ValueTask<Blob?> Find(long repositoryId, Digest digest, bool mayWait, CancellationToken cancellationToken)
    {
        var row = _rows.Find((repositoryId, digest)) ?? await Read(repositoryId, digest, cancellationToken);
        if (row is null)
            return null;
        await leases.Renew(LeaseKind.Blob, repositoryId, digest, row.LeaseUntil, mayWait);
        return row.Blob;
    }

    private async ValueTask<BlobRow?> Read(long repositoryId, Digest digest, CancellationToken cancellationToken)
    {
        var generation = database.Generation;
        await using var connection = await database.OpenRead(cancellationToken);
        var command = connection.Prepare(DistributionQueries.FindBlob, "repository", "digest");
        command.Parameters[0].Value = repositoryId;
        command.Parameters[1].Value = digest.ToBytes();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return null;
        var row = new BlobRow(new Blob(digest, reader.GetInt64(0), reader.GetString(1)), reader.GetInt64(2));
        _rows.Keep((repositoryId, digest), generation, row);
        return row;
    }

    private sealed record BlobRow(Blob Blob, long LeaseUntil);
}

/// <summary>A blob that a repository has.</summary>
internal sealed record Blob(Digest Digest, long Size, string Location)
{
    public string EntityTag { get; } = EntityTags.Of(Digest);
}

internal enum BlobDeletion
{
    Deleted,
    NotFound,
    InUse,
}
