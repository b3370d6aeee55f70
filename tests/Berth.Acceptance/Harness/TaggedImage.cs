using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Berth.Acceptance.Harness;

/// <summary>The smallest image there is, pushed as root under as many tags as a test wants.</summary>
public static class TaggedImage
{
    /// <summary>Berth's limit for one PUT by digest.</summary>
    private const int TagsOfOnePut = 50;

    private static readonly byte[] Config = "{}"u8.ToArray();

    private static readonly byte[] Manifest = Encoding.UTF8.GetBytes(
        $$"""{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{Digest(Config)}}","size":2},"layers":[]}""");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A client of the registry and the API as root.</summary>
    public static HttpClient Client(BerthProgram berth)
    {
        var client = RestApi.Client(berth);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"root:{BerthProgram.RootToken}")));
        return client;
    }

    public static async Task Push(HttpClient client, string name, params string[] tags)
    {
        using (var started = await client.PostAsync($"/v2/{name}/blobs/uploads/", null, Cancel))
        {
            var location = started.Headers.Location!.OriginalString;
            using var put = await client.PutAsync($"{location}{(location.Contains('?') ? '&' : '?')}digest={Digest(Config)}", new ByteArrayContent(Config), Cancel);
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        }
        foreach (var some in tags.Chunk(TagsOfOnePut))
        {
            using var content = new ByteArrayContent(Manifest);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/vnd.oci.image.manifest.v1+json");
            using var put = await client.PutAsync($"/v2/{name}/manifests/{Digest(Manifest)}?{string.Join('&', some.Select(tag => "tag=" + tag))}", content, Cancel);
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        }
    }

    private static string Digest(byte[] bytes) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
}
