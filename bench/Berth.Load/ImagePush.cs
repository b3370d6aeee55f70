using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Berth.Load;

/// <summary>Pushes the smallest image that every registry takes: a config, one layer, a manifest.</summary>
internal static class ImagePush
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";

    /// <returns>A line of JSON with the digests of manifest and layer.</returns>
    public static async Task<string> Run(RegistryClient registry, string tag, long layerBytes, CancellationToken cancellationToken)
    {
        using var layers = new RandomBlobs(layerBytes);
        var layer = layers.Next();
        await PushScenario.Push(registry, layer, cancellationToken);
        var config = Blob("""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}""");
        await PushScenario.Push(registry, config, cancellationToken);
        var manifest = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"{{ManifestType}}",
            "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{config.Digest}}","size":{{config.Size}}},
            "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{{layer.Digest}}","size":{{layer.Size}}}]}
            """);
        using var request = new HttpRequestMessage(HttpMethod.Put, registry.Address($"manifests/{tag}")) { Content = new ByteArrayContent(manifest) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(ManifestType);
        using var response = await registry.Send(request, HttpStatusCode.Created, cancellationToken);
        return JsonSerializer.Serialize(new { manifest = Blob(Encoding.UTF8.GetString(manifest)).Digest, layer = layer.Digest });
    }

    private static RandomBlob Blob(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return new RandomBlob("sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), bytes.Length, [bytes]);
    }
}
