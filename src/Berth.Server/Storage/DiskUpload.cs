using Microsoft.Win32.SafeHandles;

namespace Berth.Server.Storage;

/// <summary>
/// A staged file open for appending. Its handle holds an exclusive flock, which makes it the only writer.
/// </summary>
internal sealed class DiskUpload(SafeFileHandle file, long offset, FreeSpace freeSpace) : IStagedUpload
{
    // Large enough to keep a disk in sequential writing, small enough that the sync at the end has little left to do.
    private const long WriteBackInterval = 8L << 20;

    private long _nextWriteBack = (offset / WriteBackInterval + 1) * WriteBackInterval;
    private bool _broken;

    public long Offset { get; private set; } = offset;

    public ValueTask Append(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_broken)
            throw new InvalidOperationException("An append failed; the upload has to be opened again.");
        // Until all went well: a failed write may have left a part of the bytes behind the offset.
        _broken = true;
        if (Offset >= _nextWriteBack)
            PassInterval(bytes.Length);
        try
        {
            RandomAccess.Write(file, bytes.Span, Offset);
        }
        catch (IOException fault) when (DiskFaults.IsFull(fault))
        {
            throw DiskFaults.Full(fault);
        }
        Offset += bytes.Length;
        _broken = false;
        return ValueTask.CompletedTask;
    }

    /// <summary>What was written is in the page cache, which outlives the process; the disk begins with it while the client goes on to commit.</summary>
    public ValueTask Flush(CancellationToken cancellationToken)
    {
        StartWriteBack();
        return ValueTask.CompletedTask;
    }

    public void Dispose() => file.Dispose();

    /// <summary>Once per interval. One long request would otherwise run through the reserve that was there when it began.</summary>
    private void PassInterval(int coming)
    {
        StartWriteBack();
        _nextWriteBack = (Offset / WriteBackInterval + 1) * WriteBackInterval;
        freeSpace.Ensure(coming);
    }

    private void StartWriteBack()
    {
        var start = _nextWriteBack - WriteBackInterval;
        Posix.StartWriteBack(file, start, Offset - start);
    }
}
