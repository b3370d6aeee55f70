using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Berth.Tests.Harness;

namespace Berth.Tests.Distribution;

/// <summary>/v2/NAME/tags/list (distribution-spec 1.1, "Listing Tags").</summary>
public sealed class TagListTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tags_come_in_byte_order()
    {
        var client = await Tagged("b", "B", "_x", "a.1", "a-1", "10", "9", "latest");
        // "… the tags MUST be in lexical (i.e. case-insensitive alphanumeric order) or "ASCIIbetical" (Go's sort.Strings) order."
        Assert.Equal(["10", "9", "B", "_x", "a-1", "a.1", "b", "latest"], (await List(client, "")).Tags);
    }

    [Fact]
    public async Task Pages_follow_each_other_by_Link_to_the_end()
    {
        var client = await Tagged("a", "b", "c", "d", "e");
        var (seen, path) = (new List<string>(), (string?)"tags/list?n=2");
        while (path is not null)
        {
            using var reply = await client.Get(path);
            seen.AddRange(await Tags(reply));
            // "If included, the Link header MUST be set according to RFC 5988 with the Relation Type rel="next"."
            var link = reply.Headers.TryGetValues("Link", out var links) ? links.Single() : null;
            path = link?[1..link.IndexOf('>', StringComparison.Ordinal)];
            Assert.True(link is null || link.EndsWith("; rel=\"next\"", StringComparison.Ordinal));
        }
        Assert.Equal(["a", "b", "c", "d", "e"], seen);
    }

    [Fact]
    public async Task Page_that_ends_with_the_last_tag_has_no_Link()
    {
        var client = await Tagged("a", "b");
        Assert.Null((await List(client, "?n=2")).Link);
        Assert.Null((await List(client, "?n=3")).Link);
        Assert.NotNull((await List(client, "?n=1")).Link);
    }

    [Fact]
    public async Task Zero_asked_is_an_empty_list_without_a_Link()
    {
        var client = await Tagged("a");
        // "When n is zero, this endpoint MUST return an empty list, and MUST NOT include a Link header".
        var (tags, link) = await List(client, "?n=0");
        Assert.Empty(tags);
        Assert.Null(link);
    }

    [Fact]
    public async Task List_goes_on_behind_a_last_that_is_gone()
    {
        var client = await Tagged("a", "b", "c");
        using var deleted = await client.Delete("manifests/b");
        Assert.Equal(["c"], (await List(client, "?n=5&last=b")).Tags);
        Assert.Equal(["a", "c"], (await List(client, "?last=A")).Tags);
        Assert.Empty((await List(client, "?last=zzz")).Tags);
        Assert.Equal(["c"], (await List(client, "?last=" + Uri.EscapeDataString("b/ü?"))).Tags);
    }

    [Fact]
    public async Task Last_may_hold_anything_even_NUL()
    {
        var client = await Tagged("a", "b");
        Assert.Equal(["b"], (await List(client, "?n=5&last=a%00b")).Tags);
        Assert.Equal(["a", "b"], (await List(client, "?last=%00")).Tags);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("1.5")]
    [InlineData("99999999999999999999")]
    public async Task Number_that_is_none_is_refused(string n)
    {
        var client = await Tagged("a");
        using var reply = await client.Get($"tags/list?n={n}");
        Assert.StartsWith("PAGINATION_NUMBER_INVALID: ", await RegistryClient.Refusal(reply, HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Repository_without_tags_has_an_empty_list_and_says_its_name()
    {
        var client = await RegistryClient.Fresh(server);
        await client.StartUpload();
        using var reply = await client.Get("tags/list");
        Assert.Equal($"{{\"name\":\"{client.Name}\",\"tags\":[]}}", await reply.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("application/json", reply.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Many_tags_come_whole()
    {
        var names = Enumerable.Range(0, 300).Select(i => $"{i:0000}-{new string('x', 120)}").ToArray();
        var client = await RegistryClient.Fresh(server);
        var json = await client.ImageManifest();
        foreach (var name in names)
        {
            using var put = await client.PutManifest(name, json);
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        }
        Assert.Equal(names, (await List(client, "")).Tags);
    }

    private async Task<RegistryClient> Tagged(params string[] tags)
    {
        var client = await RegistryClient.Fresh(server);
        var json = await client.ImageManifest();
        foreach (var tag in tags)
        {
            using var put = await client.PutManifest(tag, json);
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        }
        return client;
    }

    private static async Task<(string[] Tags, string? Link)> List(RegistryClient client, string query)
    {
        using var reply = await client.Get("tags/list" + query);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        return (await Tags(reply), reply.Headers.TryGetValues("Link", out var links) ? links.Single() : null);
    }

    private static async Task<string[]> Tags(HttpResponseMessage reply) =>
        [.. (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!)];
}
