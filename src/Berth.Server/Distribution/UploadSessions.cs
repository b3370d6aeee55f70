using System.Buffers;
using System.Collections.Concurrent;
using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Database;
using Berth.Server.Http;
using Berth.Server.Storage;

namespace Berth.Server.Distribution;

/// <summary>
/// Uploads under way: rows that bind a random id to a repository and to the credential that opened it. Someone else's id is
/// unknown. Rows are written without a sync, so that a push pays for one sync, its commit; after a power loss a client is told
/// that the upload is unknown, or how much of it is left. Where <see cref="HeldUploads"/> has room, an upload gets its row when it
/// ends, or when it rests.
/// </summary>
internal sealed class UploadSessions(
    MetadataDatabase database, IBlobStorage storage, HeldUploads held, TransportMemory memory, DistributionMetrics metrics, TimeProvider time) : IAsyncDisposable
{
    /// <summary>How long an upload may rest; a finished one may be asked for again for as long after its last PATCH, or its POST.</summary>
    public const long Lifetime = 24 * Clock.Hour;

    /// <summary>A client that lost its connection comes back while the server still waits for the old one to end.</summary>
    private static readonly TimeSpan BusyWait = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _writing = new(StringComparer.Ordinal);

    /// <summary>
    /// Starts an upload and returns its id; null if this credential has too many open. The id has 74 random bits behind the time, so
    /// that rows that are written together stand together.
    /// </summary>
    /// <exception cref="StorageFullException">There is no room for another upload.</exception>
    public async Task<string?> Open(RepositoryAccess access)
    {
        access.Demand(RegistryActions.Push);
        storage.EnsureRoom(0);
        var id = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        var subject = access.Caller.Credential;
        var expires = time.Micros() + Lifetime;
        var session = UploadSession.New(id);
        if (held.TryAdd(new HeldUpload(session with { IsHeld = true }, access.RepositoryId, subject, expires)))
        {
            var stays = false;
            try
            {
                stays = await HasRoom(subject);
            }
            finally
            {
                if (!stays)
                    held.Remove(id);
            }
            return stays ? id : null;
        }
        return await database.Write<string?>(transaction =>
        {
            var less = RequestLimits.MaxOpenUploads - held.CountOf(subject) - 1;
            if (less < 0 || transaction.QueryFirstOrDefault<long?>(DistributionQueries.MoreOpenUploads, new { subject, less }) is not null)
                return null;
            Insert(transaction, session, access.RepositoryId, subject, expires);
            return id;
        }, Durability.Process);
    }

    /// <summary>The upload, if this caller opened it in this repository.</summary>
    public async Task<UploadSession?> Find(RepositoryAccess access, string id, CancellationToken cancellationToken)
    {
        access.Demand(RegistryActions.Push);
        var key = new { id, repository = access.RepositoryId, subject = access.Caller.Credential, now = time.Micros() };
        await SocketThread.Leave();
        if (held.Find(id) is { } upload && upload.RepositoryId == key.repository && upload.Subject == key.subject && upload.ExpiresAt >= key.now)
            return upload.Session;
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<UploadSession>(DistributionQueries.FindUpload, key, cancellationToken);
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
        await Discard(writer.Session);
        return true;
    }

    /// <summary>Gives rows to those that are held and would end before a time.</summary>
    public async Task Settle(long expiringBefore)
    {
        foreach (var id in held.ExpiringBefore(expiringBefore).Select(upload => upload.Session.Id))
        {
            var turn = _writing.GetOrAdd(id, static _ => new SemaphoreSlim(1));
            if (!await turn.WaitAsync(TimeSpan.Zero))
                continue;
            try
            {
                if (held.Find(id) is not { } upload)
                    continue;
                await database.Write(transaction => Insert(transaction, upload.Session, upload.RepositoryId, upload.Subject, upload.ExpiresAt), Durability.Process);
                held.Remove(id);
            }
            finally
            {
                Leave(id, turn);
            }
        }
        held.Shrink();
    }

    /// <summary>
    /// Gives rows to all that are held: before a start answers, for a kill may have left slots of what is finished, and at the end, so that
    /// nothing depends on which version starts next.
    /// </summary>
    public async Task SettleAll()
    {
        try
        {
            await Settle(long.MaxValue);
        }
        catch (StorageFullException)
        {
            // Then they stay held.
        }
    }

    public async ValueTask DisposeAsync() => await SettleAll();

    internal async Task Discard(UploadSession session)
    {
        if (session.IsHeld)
            held.Remove(session.Id);
        else
            await database.Write(transaction => transaction.Execute(DistributionQueries.DeleteUpload, new { id = session.Id }), Durability.Process);
        await storage.DeleteUpload(session.Id, CancellationToken.None);
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
        var saved = session.IsHeld
            ? held.Replace(session with { Received = received, HashState = hashState }, expires)
            : await database.Write(transaction => transaction.Execute(DistributionQueries.SaveUpload, new
            {
                id = session.Id,
                version = session.Version,
                received,
                hashState,
                expires,
            }), Durability.Process) != 0;
        if (!saved)
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
            var row = new
            {
                id = session.Id,
                repository = access.RepositoryId,
                subject = access.Caller.Credential,
                digest = digest.ToBytes(),
                size,
                location,
                now,
                expires = now + Lifetime,
            };
            transaction.Execute(DistributionQueries.UpsertBlob, row);
            Blobs.Link(transaction, access, digest, size, now);
            transaction.Execute(DistributionQueries.FinishUpload, row);
        });
        held.Remove(session.Id);
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

    /// <summary>Whether this credential has not too many open, the one that is held already among them.</summary>
    private async Task<bool> HasRoom(string subject)
    {
        var less = RequestLimits.MaxOpenUploads - held.CountOf(subject);
        if (less < 0)
            return false;
        await using var connection = await database.OpenRead(CancellationToken.None);
        return await connection.QueryFirstOrDefault<long?>(DistributionQueries.MoreOpenUploads, new { subject, less }, CancellationToken.None) is null;
    }

    private void Insert(WriteTransaction transaction, UploadSession session, long repository, string subject, long expires) =>
        transaction.Execute(DistributionQueries.InsertUpload, new
        {
            id = session.Id,
            repository,
            subject,
            received = session.Received,
            hashState = session.HashState,
            now = time.Micros(),
            expires,
        });

    private void Leave(string id, SemaphoreSlim turn)
    {
        turn.Release();
        // Whoever waits holds the semaphore itself; a newcomer may make another one, and the file's own lock keeps the two apart.
        if (turn.CurrentCount == 1)
            _writing.TryRemove(new KeyValuePair<string, SemaphoreSlim>(id, turn));
    }

    private sealed record StoredBlobRow(long Size, string Location);
}
