using Berth.Oci;
using Berth.Server.Storage;
using Berth.Tests.Harness;

namespace Berth.Tests.Storage;

/// <summary>
/// Hands all on to another store, counts the operations, and lets some fail on command. Its switchboard may be used from
/// any thread while requests run; an operation fails on a thread that waits for sockets, where nothing may block.
/// </summary>
internal sealed class FaultInjectingStorage(IBlobStorage inner) : IBlobStorage
{
    private readonly Lock _gate = new();
    private readonly List<Order> _orders = [];
    private readonly long[] _counts = new long[Enum.GetValues<StorageOperation>().Length];
    private long _room = long.MaxValue;

    /// <summary>Orders a fault. Several orders may stand; the oldest that applies decides.</summary>
    /// <param name="operation">What fails.</param>
    /// <param name="with">How it fails.</param>
    /// <param name="after">How many of these operations still succeed.</param>
    /// <param name="times">How many fail then; all until <see cref="Heal"/> if left out.</param>
    /// <param name="when">Picks operations by their upload id or digest (empty for those without); others are let pass.</param>
    public void Fail(StorageOperation operation, Fault with, int after = 0, int times = int.MaxValue, Func<string, bool>? when = null)
    {
        if (with == Fault.TornWrite && operation != StorageOperation.Append)
            throw new ArgumentException("Only an append can be torn.", nameof(with));
        if (with == Fault.DoneButFailed && !Leaves(operation))
            throw new ArgumentException("This operation leaves nothing behind.", nameof(with));
        lock (_gate)
            _orders.Add(new Order(operation, with, when) { ToSucceed = after, ToFail = times });
    }

    /// <summary>Lets the disk be full after so many more bytes of appends; the append that crosses the limit is written up to it.</summary>
    public void LeaveRoom(long bytes)
    {
        lock (_gate)
            _room = bytes;
    }

    /// <summary>Takes all orders back.</summary>
    public void Heal()
    {
        lock (_gate)
        {
            _orders.Clear();
            _room = long.MaxValue;
        }
    }

    /// <summary>How many operations of this kind were begun so far, the failed ones included.</summary>
    public long Count(StorageOperation operation)
    {
        lock (_gate)
            return _counts[(int)operation];
    }

    public void EnsureRoom(long bytes)
    {
        ThrowIfDue(StorageOperation.EnsureRoom, "");
        lock (_gate)
        {
            if (bytes > _room)
                throw Full();
        }
        inner.EnsureRoom(bytes);
    }

    public async ValueTask<IStagedUpload> OpenUpload(string uploadId, long offset, CancellationToken cancellationToken)
    {
        ThrowIfDue(StorageOperation.OpenUpload, uploadId);
        return new FaultInjectingUpload(this, uploadId, await inner.OpenUpload(uploadId, offset, cancellationToken));
    }

    public async ValueTask<IBlobReader> ReadUpload(string uploadId, CancellationToken cancellationToken)
    {
        ThrowIfDue(StorageOperation.ReadUpload, uploadId);
        return new FaultInjectingReader(this, uploadId, await inner.ReadUpload(uploadId, cancellationToken));
    }

    public ValueTask<long> UploadLength(string uploadId, CancellationToken cancellationToken)
    {
        ThrowIfDue(StorageOperation.UploadLength, uploadId);
        return inner.UploadLength(uploadId, cancellationToken);
    }

    public async ValueTask DeleteUpload(string uploadId, CancellationToken cancellationToken)
    {
        var fault = ThrowIfDue(StorageOperation.DeleteUpload, uploadId);
        await inner.DeleteUpload(uploadId, cancellationToken);
        ThrowIfDone(fault);
    }

    public async Task<string> CommitUpload(string uploadId, long length, Digest digest)
    {
        var fault = Begin(StorageOperation.CommitUpload, uploadId);
        if (fault == Fault.InputOutputError)
            await inner.DeleteUpload(uploadId, CancellationToken.None);
        Throw(fault);
        var location = await inner.CommitUpload(uploadId, length, digest);
        ThrowIfDone(fault);
        return location;
    }

    public Task<string?> ResumeCommit(string uploadId, long length, Digest digest)
    {
        ThrowIfDue(StorageOperation.ResumeCommit, uploadId);
        return inner.ResumeCommit(uploadId, length, digest);
    }

    public async ValueTask<IBlobReader?> OpenBlob(Digest digest, string location, CancellationToken cancellationToken)
    {
        ThrowIfDue(StorageOperation.OpenBlob, digest.ToString());
        return await inner.OpenBlob(digest, location, cancellationToken) is { } reader
            ? new FaultInjectingReader(this, digest.ToString(), reader)
            : null;
    }

    public async ValueTask DeleteBlob(Digest digest, string location, CancellationToken cancellationToken)
    {
        var fault = ThrowIfDue(StorageOperation.DeleteBlob, digest.ToString());
        await inner.DeleteBlob(digest, location, cancellationToken);
        ThrowIfDone(fault);
    }

    public async Task<string> CommitObject(string uploadId, long length)
    {
        var fault = ThrowIfDue(StorageOperation.CommitObject, uploadId);
        var location = await inner.CommitObject(uploadId, length);
        ThrowIfDone(fault);
        return location;
    }

    public async ValueTask<IBlobReader?> OpenObject(string location, CancellationToken cancellationToken)
    {
        ThrowIfDue(StorageOperation.OpenObject, location);
        return await inner.OpenObject(location, cancellationToken) is { } reader ? new FaultInjectingReader(this, location, reader) : null;
    }

    public async ValueTask DeleteObject(string location, CancellationToken cancellationToken)
    {
        var fault = ThrowIfDue(StorageOperation.DeleteObject, location);
        await inner.DeleteObject(location, cancellationToken);
        ThrowIfDone(fault);
    }

    public IAsyncEnumerable<(Digest Digest, string Location, long Length)> ListBlobs()
    {
        ThrowIfDue(StorageOperation.ListBlobs, "");
        return inner.ListBlobs();
    }

    public IAsyncEnumerable<string> ListUploads()
    {
        ThrowIfDue(StorageOperation.ListUploads, "");
        return inner.ListUploads();
    }

    /// <summary>Counts the operation and tells which fault is due. What must not be done at all is thrown by <see cref="Throw"/>.</summary>
    internal Fault? Begin(StorageOperation operation, string subject)
    {
        if (SocketThreads.IsCurrent)
            throw new InvalidOperationException($"{operation} may block, on a thread that waits for sockets.");
        lock (_gate)
        {
            _counts[(int)operation]++;
            foreach (var order in _orders)
            {
                if (order.Operation == operation && order.When?.Invoke(subject) != false && order.IsDue())
                    return order.With;
            }
            return null;
        }
    }

    /// <summary>Takes room for an append: how many of the bytes still fit.</summary>
    internal int TakeRoom(int bytes)
    {
        lock (_gate)
        {
            var fits = (int)Math.Min(bytes, _room);
            if (_room != long.MaxValue)
                _room -= fits;
            return fits;
        }
    }

    internal Fault? ThrowIfDue(StorageOperation operation, string subject)
    {
        var fault = Begin(operation, subject);
        Throw(fault);
        return fault;
    }

    internal static void Throw(Fault? fault)
    {
        if (fault is Fault.NoSpace)
            throw Full();
        if (fault is Fault.InputOutputError)
            throw Broken();
    }

    internal static void ThrowIfDone(Fault? fault)
    {
        if (fault is Fault.DoneButFailed)
            throw Broken();
    }

    internal static StorageFullException Full() => new("The fault-injecting store was told to be full.");

    internal static IOException Broken() => new("The fault-injecting store was told to fail.");

    private static bool Leaves(StorageOperation operation) => operation
        is StorageOperation.Append or StorageOperation.Flush or StorageOperation.DeleteUpload
        or StorageOperation.CommitUpload or StorageOperation.DeleteBlob or StorageOperation.CommitObject or StorageOperation.DeleteObject;

    private sealed class Order(StorageOperation operation, Fault with, Func<string, bool>? when)
    {
        public StorageOperation Operation => operation;

        public Fault With => with;

        public Func<string, bool>? When => when;

        public int ToSucceed { get; set; }

        public int ToFail { get; set; }

        public bool IsDue()
        {
            if (ToSucceed > 0)
            {
                ToSucceed--;
                return false;
            }
            if (ToFail == 0)
                return false;
            ToFail--;
            return true;
        }
    }
}
