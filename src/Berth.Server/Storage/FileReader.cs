using Microsoft.Win32.SafeHandles;

namespace Berth.Server.Storage;

/// <summary>A file open for reading; the open handle keeps its bytes when the name is removed or taken by another file.</summary>
internal sealed class FileReader(SafeFileHandle file) : IBlobReader
{
    public long Length { get; } = RandomAccess.GetLength(file);

    /// <remarks>
    /// Reads on the calling thread: mostly from the page cache, at a few microseconds per 64 KiB, where
    /// <see cref="RandomAccess.ReadAsync(SafeFileHandle, Memory{byte}, long, CancellationToken)"/> would change threads for each.
    /// </remarks>
    public ValueTask<int> Read(Memory<byte> buffer, long offset, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<int>(cancellationToken)
            : ValueTask.FromResult(RandomAccess.Read(file, buffer.Span, offset));

    public void Dispose() => file.Dispose();
}
