using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Proxy;

/// <summary>
/// Pushes images as jib does: a request whose reply got lost is sent again just as it was, to the same address and with the same
/// body. So the server must take each for what it is, one that it has done already.
/// </summary>
internal sealed class RepeatingClient(string url, string repository) : IDisposable
{
    private const int Attempts = ReplyDroppingProxy.MaxPerImage + 1;

    private readonly OciClient _client = new(url, repository);

    /// <summary>Pushes an image under the tag 1; returns the digests of its config and its manifest.</summary>
    /// <param name="shared">A layer that it tries to mount first.</param>
    /// <param name="from">The repository to mount from.</param>
    public async Task<(string Config, string Manifest)> PushImage(byte[] shared, string from)
    {
        var (config, layer) = (OciClient.NewConfig(), RandomNumberGenerator.GetBytes(150_000));
        using (var mounted = await Send(HttpMethod.Post, $"blobs/uploads/?mount={OciClient.DigestOf(shared)}&from={from}"))
        {
            if (mounted.StatusCode != HttpStatusCode.Created)
            {
                await OciClient.Expect(mounted, HttpStatusCode.Accepted);
                await PushChunks(OciClient.Location(mounted), shared);
            }
        }
        await PushWhole(config);
        await PushChunks(await StartUpload(), layer);
        var json = OciClient.Manifest((OciClient.DigestOf(config), config.Length), (OciClient.DigestOf(shared), shared.Length), (OciClient.DigestOf(layer), layer.Length));
        using var reply = await Send(HttpMethod.Put, "manifests/1", Encoding.UTF8.GetBytes(json), OciClient.OciManifest);
        await OciClient.Expect(reply, HttpStatusCode.Created);
        return (OciClient.DigestOf(config), OciClient.DigestOf(Encoding.UTF8.GetBytes(json)));
    }

    public void Dispose() => _client.Dispose();

    private async Task<string> StartUpload()
    {
        using var reply = await Send(HttpMethod.Post, "blobs/uploads/");
        await OciClient.Expect(reply, HttpStatusCode.Accepted);
        return OciClient.Location(reply);
    }

    private async Task PushWhole(byte[] blob)
    {
        using var reply = await Send(HttpMethod.Put, $"{await StartUpload()}&digest={OciClient.DigestOf(blob)}", blob);
        await OciClient.Expect(reply, HttpStatusCode.Created);
    }

    /// <summary>In two chunks and a last part with the PUT.</summary>
    private async Task PushChunks(string location, byte[] blob)
    {
        var third = blob.Length / 3;
        for (var start = 0; start < 2 * third; start += third)
        {
            using var patched = await Send(HttpMethod.Patch, location, blob[start..(start + third)], range: string.Create(CultureInfo.InvariantCulture, $"{start}-{start + third - 1}"));
            await OciClient.Expect(patched, HttpStatusCode.Accepted);
            location = OciClient.Location(patched);
        }
        using var finished = await Send(HttpMethod.Put, $"{location}&digest={OciClient.DigestOf(blob)}", blob[(2 * third)..]);
        await OciClient.Expect(finished, HttpStatusCode.Created);
    }

    private async Task<HttpResponseMessage> Send(HttpMethod method, string path, byte[]? body = null, string type = "application/octet-stream", string? range = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var content = body is null ? null : new ByteArrayContent(body);
            if (content is not null)
                content.Headers.ContentType = new MediaTypeHeaderValue(type);
            if (range is not null)
                content?.Headers.TryAddWithoutValidation("Content-Range", range);
            try
            {
                return await _client.Send(method, path, content);
            }
            catch (HttpRequestException) when (attempt < Attempts)
            {
                // Its reply got lost.
            }
        }
    }
}
