using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Berth.Tests.Distribution.Conformance;
using Berth.Tests.Harness;

namespace Berth.Tests.Distribution;

/// <summary>PUT of a manifest with If-Match or If-None-Match (RFC 9110, section 13): compare-and-swap of tags.</summary>
public sealed class TagConditionTests(TestServer server)
{
    [Fact]
    public async Task If_None_Match_star_makes_a_tag_and_never_moves_one()
    {
        var client = await Documents.Client(server);
        using var first = await Put(client, "v1", "1", "If-None-Match", "*");
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        using var second = await Put(client, "v1", "2", "If-None-Match", "*");
        Assert.Contains("'v1' is not, or no longer,", await RegistryClient.Refusal(second, HttpStatusCode.PreconditionFailed), StringComparison.Ordinal);
        Assert.Equal(first.Headers.ETag, await Current(client, "v1"));
        using var deleted = await client.Delete("manifests/v1");
        using var third = await Put(client, "v1", "2", "If-None-Match", "*");
        Assert.Equal(HttpStatusCode.Created, third.StatusCode);
    }

    [Fact]
    public async Task If_Match_moves_a_tag_from_what_the_client_saw_and_from_nothing_else()
    {
        var client = await Documents.Client(server);
        using var absent = await Put(client, "v1", "1", "If-Match", "*");
        Assert.Equal(HttpStatusCode.PreconditionFailed, absent.StatusCode);
        using var first = await Put(client, "v1", "1");
        using var second = await Put(client, "v1", "2", "If-Match", first.Headers.ETag!.ToString());
        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        foreach (var stale in new[] { first.Headers.ETag.ToString(), "W/" + second.Headers.ETag, "\"other\"", second.Headers.ETag!.Tag.Trim('"') })
        {
            using var refused = await Put(client, "v1", "3", "If-Match", stale);
            Assert.Equal(HttpStatusCode.PreconditionFailed, refused.StatusCode);
        }
        Assert.Equal(second.Headers.ETag, await Current(client, "v1"));
        // The second's reply got lost and it is sent again: RFC 9110, section 13.1.1, lets it succeed.
        foreach (var holds in new[] { first.Headers.ETag.ToString(), "*", $"\"other\", {second.Headers.ETag}" })
        {
            using var same = await Put(client, "v1", "2", "If-Match", holds);
            Assert.Equal(HttpStatusCode.Created, same.StatusCode);
        }
    }

    [Fact]
    public async Task If_None_Match_with_a_tag_refuses_only_where_it_stands()
    {
        var client = await Documents.Client(server);
        using var first = await Put(client, "v1", "1");
        using var refused = await Put(client, "v1", "2", "If-None-Match", first.Headers.ETag!.ToString());
        Assert.Equal(HttpStatusCode.PreconditionFailed, refused.StatusCode);
        using var other = await Put(client, "v1", "2", "If-None-Match", "\"other\"");
        Assert.Equal(HttpStatusCode.Created, other.StatusCode);
    }

    [Fact]
    public async Task Condition_on_a_digest_is_about_the_manifest()
    {
        var client = await Documents.Client(server);
        var digest = RegistryClient.Sha256(Encoding.UTF8.GetBytes(Json("1")));
        using var absent = await Put(client, digest, "1", "If-Match", "*");
        Assert.Equal(HttpStatusCode.PreconditionFailed, absent.StatusCode);
        using var first = await Put(client, digest, "1", "If-None-Match", "*");
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        using var second = await Put(client, digest, "1", "If-None-Match", "*");
        Assert.Equal(HttpStatusCode.PreconditionFailed, second.StatusCode);
    }

    [Fact]
    public async Task Manifest_that_is_refused_anyway_is_told_that_and_not_the_condition()
    {
        var client = await Documents.Client(server);
        using var reply = await Put(client, "v1", "1", "If-Match", "*", config: RegistryClient.Sha256([1]));
        Assert.StartsWith("MANIFEST_BLOB_UNKNOWN: ", await RegistryClient.Refusal(reply, HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Of_many_that_saw_the_same_exactly_one_moves_the_tag()
    {
        var client = await Documents.Client(server);
        for (var round = 0; round < 10; round++)
        {
            var (header, value) = round == 0 ? ("If-None-Match", "*") : ("If-Match", (await Current(client, "v1")).ToString());
            var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Put(client, "v1", $"{round}.{i}", header, value)));
            var won = Assert.Single(replies, reply => reply.StatusCode == HttpStatusCode.Created);
            Assert.All(replies.Where(reply => reply != won), reply => Assert.Equal(HttpStatusCode.PreconditionFailed, reply.StatusCode));
            Assert.Equal(won.Headers.ETag, await Current(client, "v1"));
        }
    }

    private static async Task<EntityTagHeaderValue> Current(RegistryClient client, string tag)
    {
        using var head = await client.Head($"manifests/{tag}");
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        return head.Headers.ETag!;
    }

    private static string Json(string version) => Documents.Artifact(subject: null).With("annotations", new System.Text.Json.Nodes.JsonObject { ["version"] = version }).ToJsonString();

    private static Task<HttpResponseMessage> Put(RegistryClient client, string reference, string version, string? header = null, string? value = null, string? config = null)
    {
        var json = config is null ? Json(version) : Json(version).Replace(RegistryClient.Sha256("{}"u8.ToArray()), config, StringComparison.Ordinal);
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new MediaTypeHeaderValue(RegistryClient.OciManifest) } };
        return client.Send(HttpMethod.Put, $"manifests/{reference}", content, request =>
        {
            if (header is not null)
                request.Headers.TryAddWithoutValidation(header, value);
        });
    }
}
