using System.Buffers;
using Docker.DotNet;

namespace Berth.Runner.Engine;

/// <summary>Takes bytes that a process in a container printed.</summary>
internal delegate void OutputSink(ReadOnlySpan<byte> bytes);

/// <summary>Speaks with a process in a container: its whole input, and its output as it comes.</summary>
internal static class AttachedStreams
{
    private const int BufferSize = 32 * 1024;

    /// <summary>Writes the input and ends it, while reading the output to its end.</summary>
    public static async Task Converse(MultiplexedStream streams, ReadOnlyMemory<byte> input, OutputSink output, CancellationToken cancellationToken)
    {
        // Reads do not heed the token on every transport; closing the stream ends them.
        await using var closing = cancellationToken.Register(streams.Dispose);
        var writing = Write(streams, input, cancellationToken);
        try
        {
            await ReadToEnd(streams, output, cancellationToken);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        await writing;
    }

    private static async Task Write(MultiplexedStream streams, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = input.ToArray();
            await streams.WriteAsync(bytes, 0, bytes.Length, cancellationToken);
            streams.CloseWrite();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The process ended before it read all of its input; its exit code tells.
        }
    }

    /// <summary>Reads both streams as they come.</summary>
    public static async Task ReadToEnd(MultiplexedStream streams, OutputSink output, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (true)
            {
                var read = await streams.ReadOutputAsync(buffer, 0, BufferSize, cancellationToken);
                if (read.EOF)
                    return;
                output(buffer.AsSpan(0, read.Count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
