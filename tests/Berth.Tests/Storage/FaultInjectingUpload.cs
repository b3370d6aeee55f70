using Berth.Server.Storage;

namespace Berth.Tests.Storage;

/// <summary>A writer of <see cref="FaultInjectingStorage"/>. After a fault it takes no more, as the contract says.</summary>
internal sealed class FaultInjectingUpload(FaultInjectingStorage storage, string uploadId, IStagedUpload inner) : IStagedUpload
{
    private bool _broken;

    public long Offset { get; private set; } = inner.Offset;

    public async ValueTask Append(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (_broken)
            throw new InvalidOperationException("An append failed; the upload has to be opened again.");
        _broken = true;
        var fault = storage.ThrowIfDue(StorageOperation.Append, uploadId);
        var room = fault == Fault.TornWrite ? bytes.Length / 2 : storage.TakeRoom(bytes.Length);
        await inner.Append(bytes[..room], cancellationToken);
        FaultInjectingStorage.ThrowIfDone(fault);
        if (room < bytes.Length)
            throw fault == Fault.TornWrite ? FaultInjectingStorage.Broken() : FaultInjectingStorage.Full();
        Offset = inner.Offset;
        _broken = false;
    }

    public async ValueTask Flush(CancellationToken cancellationToken)
    {
        var fault = storage.ThrowIfDue(StorageOperation.Flush, uploadId);
        await inner.Flush(cancellationToken);
        FaultInjectingStorage.ThrowIfDone(fault);
    }

    public void Dispose() => inner.Dispose();
}

/// <summary>A reader of <see cref="FaultInjectingStorage"/>.</summary>
internal sealed class FaultInjectingReader(FaultInjectingStorage storage, string subject, IBlobReader inner) : IBlobReader
{
    public long Length => inner.Length;

    public ValueTask<int> Read(Memory<byte> buffer, long offset, CancellationToken cancellationToken)
    {
        storage.ThrowIfDue(StorageOperation.Read, subject);
        return inner.Read(buffer, offset, cancellationToken);
    }

    public void Dispose() => inner.Dispose();
}
