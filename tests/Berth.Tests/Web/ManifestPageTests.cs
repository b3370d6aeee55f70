using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Berth.Tests.Harness;
using Berth.Tests.Images;

namespace Berth.Tests.Web;

/// <summary>The pages of a tag and a digest, and of the difference of two: what they show, and that what users wrote stays text and bounded.</summary>
public sealed class ManifestPageTests(TestServer server)
{
    private const string Hostile = "<script>alert(1)</script>\u202e\"'&";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tags_page_shows_layers_beside_their_build_lines_and_leads_to_the_digest_and_the_difference()
    {
        var image = await TestImage.Fresh(server);
        var first = await image.Push("latest", TestImage.Config(null, ("/bin/sh -c #(nop) COPY a /", false)), "one");
        var second = await image.Push("latest", TestImage.Config(new JsonObject { ["Env"] = new JsonArray("LANG=C") }, ("/bin/sh -c make all", false)), "two");
        using var browser = await Browser.SignedIn(server, image.Owner);
        var html = await browser.Page($"{await image.Page()}/tags/latest");
        Assert.Contains(">RUN make all<", html, StringComparison.Ordinal);
        Assert.Contains(">LANG<", html, StringComparison.Ordinal);
        Assert.Contains($"docker pull {new Uri(server.Url).Authority}/{image.Path}:latest", html, StringComparison.Ordinal);
        Assert.Contains($"FROM {new Uri(server.Url).Authority}/{image.Path}:latest", html, StringComparison.Ordinal);
        Assert.Contains("moved here", html, StringComparison.Ordinal);
        Assert.Contains($">{image.Owner.Name}<", html, StringComparison.Ordinal);
        Assert.DoesNotContain(" style=", html, StringComparison.Ordinal);
        var difference = WebUtility.HtmlDecode($"{await image.Page()}/compare?from={Uri.EscapeDataString(first)}&to={Uri.EscapeDataString(second)}");
        Assert.Contains(WebUtility.HtmlEncode(difference), html, StringComparison.Ordinal);
        var compared = await browser.Page(difference);
        Assert.Contains("0 common (0 B), 1 added (3 B), 1 removed (3 B)", compared, StringComparison.Ordinal);
        Assert.Contains("<ins><bdi class=\"pre\">C</bdi></ins>", compared, StringComparison.Ordinal);
        Assert.Contains(">COPY a /<", await browser.Page($"{await image.Page()}/manifests/{first}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_users_wrote_into_config_annotations_and_referrers_stays_text()
    {
        var image = await TestImage.Fresh(server);
        var config = TestImage.Config(new JsonObject
        {
            ["Labels"] = new JsonObject { [Hostile] = Hostile, ["long"] = new string('x', 5000) },
            ["Env"] = new JsonArray(Hostile),
            ["User"] = Hostile,
            ["Entrypoint"] = new JsonArray(Hostile),
        }, (Hostile, false));
        config["author"] = Hostile;
        var digest = await image.PushBytes("v1", Encoding.UTF8.GetBytes(config.ToJsonString()), manifest => manifest["annotations"] = new JsonObject { [Hostile] = Hostile }, "layer");
        await image.Push("v2", TestImage.Config(), "layer");
        await image.Attach(digest, 500, "application/vnd.example<script>", "text/html", Hostile, new JsonObject { [Hostile] = Hostile });
        using var browser = await Browser.SignedIn(server, image.Owner);
        foreach (var page in (string[])["/tags/v1", $"/manifests/{digest}", "/compare?from=v1&to=v2", $"/compare?from={Uri.EscapeDataString(Hostile)}&to=v1", $"?q={Uri.EscapeDataString(Hostile)}", "/tags/v1?part=labels&from=0"])
        {
            using var reply = await browser.Get(await image.Page() + page);
            var html = await reply.Content.ReadAsStringAsync(Cancel);
            Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
            Assert.DoesNotContain("\u202e", html, StringComparison.Ordinal);
            Assert.Contains("&lt;script&gt;", html, StringComparison.Ordinal);
            Assert.InRange(html.Length, 1000, 100_000);
        }
    }

    [Fact]
    public async Task Ten_thousand_labels_are_shown_by_some_with_a_way_to_all()
    {
        var image = await TestImage.Fresh(server);
        var labels = new JsonObject();
        for (var number = 0; number < 10_000; number++)
            labels[$"label-{number:00000}"] = new string('v', 200);
        await image.Push("many", TestImage.Config(new JsonObject { ["Labels"] = labels }), "layer");
        using var browser = await Browser.SignedIn(server, image.Owner);
        var page = $"{await image.Page()}/tags/many";
        var html = await browser.Page(page);
        Assert.InRange(html.Length, 1000, 100_000);
        Assert.Contains(">All 10000<", html, StringComparison.Ordinal);
        var seen = 0;
        for (string? next = $"{page}?part=labels&from=0"; next is not null;)
        {
            html = await browser.Page(next);
            seen += html.Split(">label-").Length - 1;
            var from = $"{page}?part=labels&amp;from=";
            next = html.Contains(from, StringComparison.Ordinal) ? WebUtility.HtmlDecode(html[html.IndexOf(from, StringComparison.Ordinal)..].Split('"')[0]) : null;
        }
        Assert.Equal(10_000, seen);
    }

    [Fact]
    public async Task A_damaged_config_and_a_damaged_manifest_say_so_on_the_page()
    {
        var image = await TestImage.Fresh(server);
        await image.PushBytes("odd", Encoding.UTF8.GetBytes("not json"), null, "layer");
        using var browser = await Browser.SignedIn(server, image.Owner);
        Assert.Contains("is no JSON that can be read", await browser.Page($"{await image.Page()}/tags/odd"), StringComparison.Ordinal);
        var digest = await image.Push("broken", TestImage.Config(), Guid.NewGuid().ToString());
        await server.Database.Write(transaction => transaction.Execute("update manifest_contents set content = @content where digest = @digest", new { content = "{}"u8.ToArray(), digest = Berth.Oci.Digest.Parse(digest).ToBytes() }));
        Assert.Contains("does not have this manifest as it was pushed", await browser.Page($"{await image.Page()}/tags/broken"), StringComparison.Ordinal);
        Assert.Contains("does not have this manifest as it was pushed", await browser.Page($"{await image.Page()}/compare?from=odd&to=broken"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signatures_by_referrer_and_by_tag_mark_the_tag_as_signed_and_unverified()
    {
        var image = await TestImage.Fresh(server);
        var byReferrer = await image.Push("one", TestImage.Config(), "layer one");
        await image.Attach(byReferrer, 500, "application/vnd.dev.cosign.artifact.sig.v1+json", "application/vnd.dev.cosign.simplesigning.v1+json", "{\"critical\":{}}");
        var byTag = await image.Push("two", TestImage.Config(), "layer two");
        await image.Push($"{byTag.Replace(':', '-')}.sig", TestImage.Config(), "the signature");
        await image.Push("three", TestImage.Config(), "layer three");
        using var browser = await Browser.SignedIn(server, image.Owner);
        var list = await browser.Page(await image.Page());
        Assert.Equal(["one", "two"], [.. list.Split("<th scope=\"row\">").Skip(1).Where(row => row.Contains(">signed<", StringComparison.Ordinal)).Select(row => row.Split("<bdi>")[1].Split('<')[0]).Order(StringComparer.Ordinal)]);
        Assert.Contains("does not verify it", list, StringComparison.Ordinal);
        Assert.Contains("&quot;critical&quot;", await browser.Page($"{await image.Page()}/tags/one"), StringComparison.Ordinal);
        Assert.Contains(".sig</code>", await browser.Page($"{await image.Page()}/tags/two"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Raw_manifest_and_config_are_the_bytes_that_were_pushed_and_run_nowhere()
    {
        var image = await TestImage.Fresh(server);
        var config = Encoding.UTF8.GetBytes("<script>alert(1)</script>");
        var digest = await image.PushBytes("v1", config, null, "layer");
        using var browser = await Browser.SignedIn(server, image.Owner);
        foreach (var (what, hash) in new[] { ("raw", digest), ("config", RegistryClient.Sha256(config)) })
        {
            using var reply = await browser.Get($"{await image.Page()}/manifests/{digest}/{what}");
            Assert.Equal(hash, RegistryClient.Sha256(await reply.Content.ReadAsByteArrayAsync(Cancel)));
            Assert.Equal("sandbox", Assert.Single(reply.Headers.GetValues("Content-Security-Policy")));
            Assert.Equal("nosniff", Assert.Single(reply.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("attachment", reply.Content.Headers.ContentDisposition?.DispositionType);
            Assert.Equal("application/json", reply.Content.Headers.ContentType?.MediaType);
        }
    }

    [Theory]
    [InlineData("/tags/none")]
    [InlineData("/tags/~bad")]
    [InlineData("/manifests/v1")]
    [InlineData("/manifests/sha256:00/raw")]
    [InlineData("/manifests/none/config")]
    [InlineData("/compare?from=v1&to=none")]
    [InlineData("/compare")]
    public async Task What_is_not_there_says_so(string path)
    {
        var image = await TestImage.Fresh(server);
        await image.Push("v1", TestImage.Config(), "layer");
        using var browser = await Browser.SignedIn(server, image.Owner);
        await browser.Page(await image.Page() + path, HttpStatusCode.NotFound);
    }
}
