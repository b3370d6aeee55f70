using System.Net;
using System.Security.Cryptography;
using Berth.Tests.Harness;

namespace Berth.Tests.Distribution;

public sealed class PushAndPullTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_pushed_by_tag_is_pulled_byte_for_byte_by_tag_and_by_digest()
    {
        var client = await RegistryClient.Fresh(server);
        var (digest, json) = await client.PushImage("latest");
        foreach (var reference in new[] { "latest", digest })
        {
            using var reply = await client.Get($"manifests/{reference}");
            Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
            Assert.Equal(json, await reply.Content.ReadAsStringAsync(Cancel));
            Assert.Equal(RegistryClient.OciManifest, reply.Content.Headers.ContentType!.ToString());
            Assert.Equal(digest, reply.Headers.GetValues("Docker-Content-Digest").Single());
        }
    }

    [Fact]
    public async Task A_blob_pushed_in_chunks_is_pulled_byte_for_byte()
    {
        var client = await RegistryClient.Fresh(server);
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        var location = await client.StartUpload();
        foreach (var (start, end) in new[] { (0, 99_999), (100_000, 299_999) })
        {
            using var patched = await client.Patch(location, bytes[start..(end + 1)], $"{start}-{end}");
            Assert.Equal(HttpStatusCode.Accepted, patched.StatusCode);
            Assert.Equal($"0-{end}", patched.Headers.GetValues("Range").Single());
            location = patched.Headers.Location!.OriginalString;
        }
        using var finished = await client.Finish(location, RegistryClient.Sha256(bytes));
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
        using var pulled = await client.Get(finished.Headers.Location!.OriginalString);
        Assert.Equal(bytes, await pulled.Content.ReadAsByteArrayAsync(Cancel));
    }
}
