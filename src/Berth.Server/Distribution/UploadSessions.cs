using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Database;
using Berth.Server.Http;
using Berth.Server.Storage;

namespace Berth.Server.Distribution;

/// <summary>
/// Uploads under way: rows that bind a random id to a repository and to the credential that opened it. Someone else's id is
/// unknown. Rows are written without a sync, so that a push pays for one sync, its commit; after a power loss a client is told
/// that the upload is unknown, or how much of it is left.
/// </summary>
internal sealed class UploadSessions(MetadataDatabase database, IBlobStorage storage, TransportMemory memory, DistributionMetrics metrics, TimeProvider time)
{
    /// <summary>How long an upload may rest, and a finished one be asked for again.</summary>
    public const long Lifetime = 24 * Clock.Hour;

    /// <summary>A client that lost its connection comes back while the server still waits for the old one to end.</summary>
    private static readonly TimeSpan BusyWait = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _writing = new(StringComparer.Ordinal);

    /// <summary>Starts an upload and returns its id, 128 random bits; null if this credential has too many open.</summary>
    /// <exception cref="StorageFullException">There is no room for another upload.</exception>
    public async Task<string?> Open(RepositoryAccess access)
    {
        access.Demand(RegistryActions.Push);
        storage.EnsureRoom(0);
        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var now = time.Micros();
        var subject = access.Caller.Credential;
        return await database.Write<string?>(transaction =>
        {
            if (transaction.QueryFirstOrDefault<long?>(DistributionQueries.MoreOpenUploads, new { subject, less = RequestLimits.MaxOpenUploads - 1 }) is not null)
                return null;
            transaction.Execute(DistributionQueries.InsertUpload, new { id, repository = access.RepositoryId, subject, now, expires = now + Lifetime });
            return id;
        }, Durability.Process);
    }

    /// <summary>The upload, if this caller opened it in this repository.</summary>
    public async Task<UploadSession?> Find(RepositoryAccess access, string id, CancellationToken cancellationToken)
    {
        access.Demand(RegistryActions.Push);
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<UploadSession>(DistributionQueries.FindUpload, Key(access, id), cancellationToken);
    }

    /// <summary>The session with what is there of its bytes: all that was acknowledged, or what a power loss left of them.</summary>
    public async ValueTask<UploadSession> AsStored(UploadSession session, CancellationToken cancellationToken)
    {
        if (session.IsFinished || session.Received == 0)
            return session;
        var there = Math.Max(0, await storage.UploadLength(session.Id, cancellationToken));
        if (there >= session.Received || await ResumeCommit(session) is not null)
            return session;
        return session with { Received = there, HashState = null };
    }

    /// <summary>Enters the upload as its one writer. Dispose the writer to leave.</summary>
    /// <exception cref="UploadBusyException">Another request is still writing.</exception>
    public async Task<UploadWriter?> Enter(RepositoryAccess access, string id, CancellationToken cancellationToken)
    {
        var turn = _writing.GetOrAdd(id, static _ => new SemaphoreSlim(1));
        if (!await turn.WaitAsync(BusyWait, cancellationToken))
            throw new UploadBusyException(id);
        try
        {
            if (await Find(access, id, cancellationToken) is { } session)
                return new UploadWriter(this, access, await AsStored(session, cancellationToken), () => Leave(id, turn));
        }
        catch
        {
            Leave(id, turn);
            throw;
        }
        Leave(id, turn);
        return null;
    }

    /// <summary>Ends an upload and removes its bytes; false if it is unknown.</summary>
    public async Task<bool> Cancel(RepositoryAccess access, string id, CancellationToken cancellationToken)
    {
        using var writer = await Enter(access, id, cancellationToken);
        if (writer is null || writer.Session.IsFinished)
            return false;
        await Discard(access, id);
        return true;
    }

    internal async Task Discard(RepositoryAccess access, string id)
    {
        await database.Write(transaction => transaction.Execute(DistributionQueries.DeleteUpload, Key(access, id)), Durability.Process);
        await storage.DeleteUpload(id, CancellationToken.None);
    }

    internal ValueTask<IStagedUpload> OpenStaged(UploadSession session, CancellationToken cancellationToken) =>
        storage.OpenUpload(session.Id, session.Received, cancellationToken);

    internal ValueTask<IBlobReader> ReadStaged(UploadSession session, CancellationToken cancellationToken) =>
        storage.ReadUpload(session.Id, cancellationToken);

    internal IMemoryOwner<byte> RentBuffer() => memory.Rent(OciTransfer.LongBufferBytes);

    internal StallLimit LimitStall(CancellationToken cancellationToken) => new(time, cancellationToken);

    internal void EnsureRoom(long bytes) => storage.EnsureRoom(bytes);

    /// <exception cref="UploadLostException">The upload was cancelled, has expired, or another replica has written to it.</exception>
    internal async Task Save(UploadSession session, long received, byte[]? hashState)
    {
        var expires = time.Micros() + Lifetime;
        var saved = await database.Write(transaction => transaction.Execute(DistributionQueries.SaveUpload, new
        {
            id = session.Id,
            version = session.Version,
            received,
            hashState,
            expires,
        }), Durability.Process);
        if (saved == 0)
            throw new UploadLostException(session.Id);
    }

    /// <summary>Makes the staged bytes the blob, durably, then the rows, durably; only then may 201 be said. Not cancelled.</summary>
    internal async Task Commit(RepositoryAccess access, UploadSession session, Digest digest, long size)
    {
        var stored = await FindStored(digest, size);
        var location = stored ?? await CommitStaged(session, digest, size);
        var now = time.Micros();
        await database.Write(transaction =>
        {
            var row = new { id = session.Id, digest = digest.ToBytes(), size, location, now, expires = now + Lifetime };
            transaction.Execute(DistributionQueries.UpsertBlob, row);
            Blobs.Link(transaction, access, digest, size, now);
            transaction.Execute(DistributionQueries.FinishUpload, row);
        });
        if (stored is not null)
            await storage.DeleteUpload(session.Id, CancellationToken.None);
        metrics.Pushed(size);
    }

    private async Task<string> CommitStaged(UploadSession session, Digest digest, long size)
    {
        try
        {
            return await storage.CommitUpload(session.Id, size, digest);
        }
        catch (UploadLostException)
        {
            if (await storage.ResumeCommit(session.Id, size, digest) is { } location)
                return location;
            throw;
        }
    }

    /// <summary>
    /// Between the store's commit and the rows' the server may be killed or the database be full. Then nothing is staged, but all
    /// that was acknowledged is in the store, under the digest that the hash state gives; the client's PUT is to be sent again.
    /// </summary>
    private async Task<string?> ResumeCommit(UploadSession session)
    {
        if (session.HashState is not { } state)
            return null;
        using var hash = ResumableSha256.TryImport(state);
        return hash?.Length == session.Received
            ? await storage.ResumeCommit(session.Id, session.Received, Digest.FromHash(DigestAlgorithm.Sha256, hash.Finish()))
            : null;
    }

    /// <summary>Where the same bytes stand already, whole; null if nowhere, or if they are damaged and this upload shall heal them.</summary>
    private async Task<string?> FindStored(Digest digest, long size)
    {
        StoredBlobRow? row;
        await using (var connection = await database.OpenRead(CancellationToken.None))
            row = await connection.QueryFirstOrDefault<StoredBlobRow>(DistributionQueries.StoredBlob, new { digest = digest.ToBytes() }, CancellationToken.None);
        if (row is null || row.Size != size)
            return null;
        using var stored = await storage.OpenBlob(digest, row.Location, CancellationToken.None);
        return stored?.Length == size ? row.Location : null;
    }

    private object Key(RepositoryAccess access, string id) => new { id, repository = access.RepositoryId, subject = access.Caller.Credential, now = time.Micros() };

    private void Leave(string id, SemaphoreSlim turn)
    {
        turn.Release();
        // Whoever waits holds the semaphore itself; a newcomer may make another one, and the file's own lock keeps the two apart.
        if (turn.CurrentCount == 1)
            _writing.TryRemove(new KeyValuePair<string, SemaphoreSlim>(id, turn));
    }

    private sealed record StoredBlobRow(long Size, string Location);
}
