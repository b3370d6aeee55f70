using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Berth.Acceptance.Proxy;

/// <summary>A layer of any size that is never held: one random block again and again, with its number in front.</summary>
internal sealed class GeneratedLayer
{
    private const int Block = 1024 * 1024;

    private readonly byte[] _block = RandomNumberGenerator.GetBytes(Block);
    private readonly int _blocks;

    public GeneratedLayer(int megabytes)
    {
        _blocks = megabytes;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var number = 0; number < _blocks; number++)
            hash.AppendData(Numbered(number).Span);
        Digest = "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public string Digest { get; }

    public long Length => (long)_blocks * Block;

    /// <summary>As a body of unstated length, as docker sends it.</summary>
    public HttpContent AsBody() => new Body(this);

    private ReadOnlyMemory<byte> Numbered(int number)
    {
        BitConverter.TryWriteBytes(_block, number);
        return _block;
    }

    private sealed class Body : HttpContent
    {
        private readonly GeneratedLayer _layer;

        public Body(GeneratedLayer layer)
        {
            _layer = layer;
            Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var number = 0; number < _layer._blocks; number++)
                await stream.WriteAsync(_layer.Numbered(number));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
