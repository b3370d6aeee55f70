using System.Net;

namespace Berth.Load;

/// <summary>Pushes of blobs that no registry has yet, by the three requests that docker makes: POST, PATCH in chunks, PUT.</summary>
internal static class PushScenario
{
    public static async Task<LoadResult> Run(RegistryClient registry, long size, LoadShape load, CancellationToken cancellationToken)
    {
        using var blobs = new RandomBlobs(size);
        await registry.Authorization();
        string? last = null;
        var result = await load.Run("push", size, async cancel =>
        {
            var blob = blobs.Next();
            await Push(registry, blob, cancel);
            last = blob.Digest;
        }, cancellationToken);
        return result with { Digest = last };
    }

    public static async Task Push(RegistryClient registry, RandomBlob blob, CancellationToken cancellationToken)
    {
        var start = new HttpRequestMessage(HttpMethod.Post, registry.Address("blobs/uploads/"));
        var location = await Step(registry, start, HttpStatusCode.Accepted, cancellationToken);
        var append = new HttpRequestMessage(HttpMethod.Patch, location) { Content = new BlobContent(blob) };
        location = await Step(registry, append, HttpStatusCode.Accepted, cancellationToken);
        var finish = new HttpRequestMessage(HttpMethod.Put, location + (location.Query.Length > 0 ? "&" : "?") + "digest=" + blob.Digest) { Content = new ByteArrayContent([]) };
        await Step(registry, finish, HttpStatusCode.Created, cancellationToken);
    }

    private static async Task<Uri> Step(RegistryClient registry, HttpRequestMessage request, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        using (request)
        using (var response = await registry.Send(request, expected, cancellationToken))
            return new Uri(request.RequestUri!, response.Headers.Location ?? request.RequestUri!);
    }

    /// <summary>Of no stated length, so that it goes in chunks, as docker sends it.</summary>
    private sealed class BlobContent(RandomBlob blob) : HttpContent
    {
        /// <summary>docker copies by 32 KiB; larger chunks keep this client from being what is measured.</summary>
        private const int ChunkBytes = 256 * 1024;

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            foreach (var part in blob.Parts)
            {
                for (var sent = 0; sent < part.Length; sent += ChunkBytes)
                    await stream.WriteAsync(part.Slice(sent, Math.Min(ChunkBytes, part.Length - sent)), cancellationToken);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
