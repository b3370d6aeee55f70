using System.Security.Cryptography;

namespace Berth.Load;

/// <summary>
/// Unique blobs that cost their maker next to nothing: a random block over and over, whose hash state is taken once, and a random
/// trailer of its own for each blob, which is all that is hashed per blob.
/// </summary>
internal sealed class RandomBlobs : IDisposable
{
    private const int TrailerBytes = 32;
    private const int BlockBytes = 1024 * 1024;

    private readonly byte[] _block = RandomNumberGenerator.GetBytes(BlockBytes);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly long _size;

    public RandomBlobs(long size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, TrailerBytes);
        _size = size;
        foreach (var part in Parts())
            _hash.AppendData(part.Span);
    }

    /// <summary>Another blob. May be called by many at once.</summary>
    public RandomBlob Next()
    {
        var trailer = RandomNumberGenerator.GetBytes(TrailerBytes);
        IncrementalHash hash;
        lock (_hash)
            hash = _hash.Clone();
        using (hash)
        {
            hash.AppendData(trailer);
            return new RandomBlob("sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset()), _size, Parts().Append(trailer));
        }
    }

    public void Dispose() => _hash.Dispose();

    private IEnumerable<ReadOnlyMemory<byte>> Parts()
    {
        for (var left = _size - TrailerBytes; left > 0; left -= BlockBytes)
            yield return _block.AsMemory(0, (int)Math.Min(left, BlockBytes));
    }
}

/// <summary>A blob to push: its digest and its bytes in parts.</summary>
internal sealed record RandomBlob(string Digest, long Size, IEnumerable<ReadOnlyMemory<byte>> Parts);
