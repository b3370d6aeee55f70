using Berth.Server.Storage;

namespace Berth.Server.Database;

/// <summary>
/// The database behind everything but the bytes of blobs: SQLite in the data directory, or PostgreSQL. Reads go over rented
/// connections; a write is a synchronous function over one transaction, without any other I/O, so that no await can hold a lock.
/// </summary>
internal abstract class MetadataDatabase(Dialect dialect) : IAsyncDisposable
{
    public Dialect Dialect { get; } = dialect;

    /// <summary>
    /// Moves with each commit, before the one who wrote is told of it: what was read under the same generation is unchanged. Null where
    /// the database has other writers than this process.
    /// </summary>
    public virtual long? Generation => null;

    /// <summary>Rents a connection for reading; dispose it to give it back.</summary>
    public async ValueTask<ReadConnection> OpenRead(CancellationToken cancellationToken)
    {
        await SocketThread.Leave();
        return await Rent(cancellationToken);
    }

    protected abstract ValueTask<ReadConnection> Rent(CancellationToken cancellationToken);

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction; when the task ends it is committed and survives what
    /// <paramref name="durability"/> says. An exception of the work undoes it alone and comes back. The work may run more than
    /// once (PostgreSQL, after a conflict). Not cancellable: a commit is never left half known.
    /// </summary>
    /// <exception cref="StorageFullException">The database's disk is full; nothing was changed.</exception>
    public abstract Task<T> Write<T>(Func<WriteTransaction, T> work, Durability durability = Durability.Power);

    public Task Write(Action<WriteTransaction> work, Durability durability = Durability.Power) => Write(transaction =>
    {
        work(transaction);
        return true;
    }, durability);

    public abstract ValueTask DisposeAsync();
}
