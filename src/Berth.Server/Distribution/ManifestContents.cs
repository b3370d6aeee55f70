using Berth.Oci;
using Berth.Server.Database;
using Microsoft.Extensions.Caching.Memory;

namespace Berth.Server.Distribution;

/// <summary>
/// The bytes of manifests by digest: a fact that never changes, so they may be remembered. That a repository has the manifest is
/// read each time. They are hashed on entering the cache, so damage in the database is never served.
/// </summary>
internal sealed class ManifestContents(MetadataDatabase database) : IDisposable
{
    /// <summary>Some 20,000 manifests of usual size; part of the 100 MB that an idle server may take.</summary>
    private const long CacheBytes = 24 * 1024 * 1024;

    /// <summary>Larger documents are rare, and few of them would push all others out.</summary>
    private const int LargestRemembered = 256 * 1024;

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = CacheBytes });

    /// <summary>The bytes; null if the database has them no longer, or not as they were received.</summary>
    public async ValueTask<byte[]?> Read(Digest digest, CancellationToken cancellationToken)
    {
        if (_cache.TryGetValue(digest, out byte[]? known))
            return known;
        byte[]? content;
        await using (var connection = await database.OpenRead(cancellationToken))
            content = await connection.QueryFirstOrDefault<byte[]>(DistributionQueries.ManifestContent, new { digest = digest.ToBytes() }, cancellationToken);
        if (content is null || Digest.Of(digest.Algorithm, content) != digest)
            return null;
        if (content.Length <= LargestRemembered)
            _cache.Set(digest, content, new MemoryCacheEntryOptions { Size = content.Length + 300 });
        return content;
    }

    public void Dispose() => _cache.Dispose();
}
