using System.Net;
using System.Net.Http.Headers;

namespace Berth.Acceptance.Durability;

/// <summary>A body of unstated length that is sent in pieces of 64 KiB with a pause after each, so that a kill hits its middle.</summary>
internal sealed class PacedContent : HttpContent
{
    private const int Piece = 64 * 1024;

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly TimeSpan _pause;

    public PacedContent(ReadOnlyMemory<byte> bytes, TimeSpan pause)
    {
        (_bytes, _pause) = (bytes, pause);
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        for (var rest = _bytes; rest.Length > 0; rest = rest[Math.Min(Piece, rest.Length)..])
        {
            await stream.WriteAsync(rest[..Math.Min(Piece, rest.Length)], cancellationToken);
            await stream.FlushAsync(cancellationToken);
            if (_pause > TimeSpan.Zero)
                await Task.Delay(_pause, cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
