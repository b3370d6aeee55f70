using System.Net;

namespace Berth.Load;

/// <summary>Pulls of one blob, its bytes counted and thrown away.</summary>
internal static class PullScenario
{
    private const int BufferBytes = 256 * 1024;

    public static async Task<LoadResult> Run(RegistryClient registry, string? digest, long size, LoadShape load, CancellationToken cancellationToken)
    {
        if (digest is null)
        {
            using var blobs = new RandomBlobs(size);
            var blob = blobs.Next();
            await PushScenario.Push(registry, blob, cancellationToken);
            digest = blob.Digest;
        }
        var address = registry.Address($"blobs/{digest}");
        size = await Length(registry, address, cancellationToken);
        return await load.Run("pull", size, cancel => Pull(registry, address, cancel), cancellationToken);
    }

    private static async Task<long> Length(RegistryClient registry, Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, address);
        using var response = await registry.Send(request, HttpStatusCode.OK, cancellationToken);
        return response.Content.Headers.ContentLength!.Value;
    }

    private static async Task Pull(RegistryClient registry, Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using var response = await registry.Send(request, HttpStatusCode.OK, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[BufferBytes];
        var length = 0L;
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            length += read;
        if (length != response.Content.Headers.ContentLength)
            throw new HttpRequestException($"GET {address} ended after {length} of {response.Content.Headers.ContentLength} bytes");
    }
}
