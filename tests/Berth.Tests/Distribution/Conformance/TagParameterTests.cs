using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Berth.Tests.Harness;

namespace Berth.Tests.Distribution.Conformance;

/// <summary>PUT /v2/NAME/manifests/DIGEST?tag=… (distribution-spec 1.1+dev, end-7b).</summary>
public sealed class TagParameterTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(50)]
    public async Task Each_tag_is_set_and_named_in_OCI_Tag(int count)
    {
        var client = await Documents.Client(server);
        var tags = Enumerable.Range(0, count).Select(i => $"{i}-{new string('x', 120)}").ToArray();
        var document = Documents.Artifact(subject: null);
        using var put = await Put(client, Documents.DigestOf(document), document.ToJsonString(), tags);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        // "MUST include an OCI-Tag response header, in accordance with RFC 9110 (section 5) semantics, for each accepted tag."
        Assert.Equal(tags, put.Headers.GetValues("OCI-Tag").SelectMany(line => line.Split(", ")));
        foreach (var tag in tags)
        {
            using var head = await client.Head($"manifests/{tag}");
            Assert.Equal(Documents.DigestOf(document), head.Headers.GetValues("Docker-Content-Digest").Single());
        }
    }

    [Fact]
    public async Task Tag_of_a_manifest_by_sha512_answers_with_the_sha512_digest()
    {
        var client = await Documents.Client(server);
        var json = Documents.Artifact(subject: null).ToJsonString();
        var digest = RegistryClient.Sha512(Encoding.UTF8.GetBytes(json));
        using var put = await Put(client, digest, json, "latest");
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal($"/v2/{client.Name}/manifests/{digest}", put.Headers.Location!.OriginalString);
        using var get = await client.Get("manifests/latest");
        Assert.Equal(digest, get.Headers.GetValues("Docker-Content-Digest").Single());
        Assert.Equal($"\"{digest}\"", get.Headers.ETag!.Tag);
        Assert.Equal(json, await get.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task More_than_50_tags_are_414_and_set_none()
    {
        var client = await Documents.Client(server);
        var document = Documents.Artifact(subject: null);
        // "MAY return a 414 Request-URI Too Long status if too many tags are included in the request."
        using var put = await Put(client, Documents.DigestOf(document), document.ToJsonString(), [.. Enumerable.Range(0, 51).Select(i => $"t{i}")]);
        Assert.Contains("more than 50 tags", await RegistryClient.Refusal(put, HttpStatusCode.RequestUriTooLong), StringComparison.Ordinal);
        await AssertTags(client, "[]");
    }

    [Fact]
    public async Task Tag_that_is_none_refuses_all()
    {
        var client = await Documents.Client(server);
        var document = Documents.Artifact(subject: null);
        using var put = await Put(client, Documents.DigestOf(document), document.ToJsonString(), "good", "-bad");
        Assert.StartsWith("TAG_INVALID: ", await RegistryClient.Refusal(put, HttpStatusCode.BadRequest));
        await AssertTags(client, "[]");
    }

    [Fact]
    public async Task Same_tag_twice_is_set_once_and_beside_a_tag_parameters_mean_nothing()
    {
        var client = await Documents.Client(server);
        var document = Documents.Artifact(subject: null);
        using var twice = await Put(client, Documents.DigestOf(document), document.ToJsonString(), "a", "a");
        Assert.Equal("a", twice.Headers.GetValues("OCI-Tag").Single());
        using var byTag = await Put(client, "b", document.ToJsonString(), "c");
        Assert.Equal(HttpStatusCode.Created, byTag.StatusCode);
        Assert.False(byTag.Headers.Contains("OCI-Tag"));
        await AssertTags(client, """["a","b"]""");
    }

    private static async Task AssertTags(RegistryClient client, string tags)
    {
        using var list = await client.Get("tags/list");
        Assert.EndsWith($"\"tags\":{tags}}}", await list.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> Put(RegistryClient client, string reference, string json, params string[] tags)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new MediaTypeHeaderValue(RegistryClient.OciManifest) } };
        return client.Send(HttpMethod.Put, $"manifests/{reference}?{string.Join('&', tags.Select(tag => "tag=" + tag))}", content);
    }
}
