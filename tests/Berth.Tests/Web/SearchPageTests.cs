using System.Net;
using Berth.Tests.Harness;

namespace Berth.Tests.Web;

/// <summary>The search page: what of projects, groups, images and tags somebody may see.</summary>
public sealed class SearchPageTests(TestServer server)
{
    [Fact]
    public async Task Finds_projects_images_tags_and_digests_that_one_may_see_and_leads_to_them()
    {
        var (ada, eve) = (await server.NewUser(), await server.NewUser());
        var name = $"w{Guid.NewGuid():N}"[..12];
        var image = $"{ada.Name}/{name}/backend";
        var digest = (await (await RegistryClient.For(server, ada, image)).PushImage($"{name}-1.0")).Digest;
        var browser = await Browser.SignedIn(server, ada);
        var found = await Eventually(browser, $"/-/search?q={name}", $"/{ada.Name}/{name}/-/container_registry/");
        Assert.Contains($"href=\"/{ada.Name}/{name}\"", found, StringComparison.Ordinal);
        Assert.Contains($"/tags/{name}-1.0\"", found, StringComparison.Ordinal);
        Assert.Contains($"/manifests/{digest}", await browser.Page($"/-/search?q={digest[7..19]}"), StringComparison.Ordinal);
        var others = await Browser.SignedIn(server, eve);
        foreach (var text in new[] { name, $"{name}-1.0", digest })
            Assert.Contains("Nothing found", await others.Page($"/-/search?q={text}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Goes_on_page_by_page_within_one_kind()
    {
        var ada = await server.NewUser();
        var client = await RegistryClient.For(server, ada, $"{ada.Name}/many");
        for (var number = 10; number < 60; number++)
            await client.PushImage($"t{number}");
        var browser = await Browser.SignedIn(server, ada);
        Assert.Contains("More tags", await browser.Page("/-/search?q=t"), StringComparison.Ordinal);
        var first = await browser.Page("/-/search?q=t&kind=tag");
        Assert.Contains("t49<", first, StringComparison.Ordinal);
        Assert.DoesNotContain("t50<", first, StringComparison.Ordinal);
        var next = WebUtility.HtmlDecode(first.Split("rel=\"next\"")[0].Split("href=\"")[^1].Split('"')[0]);
        Assert.Contains("t50<", await browser.Page(next), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind=digest&q=xyz", "at least 4")]
    [InlineData("kind=commit&q=12", "at least 4")]
    [InlineData("kind=tag&q=%3Cscript%3E", "No tag begins so")]
    [InlineData("q=%3Cscript%3Ealert(1)%3C%2Fscript%3E", "&lt;script&gt;")]
    [InlineData("kind=nonsense&cursor=!&q=a%01b", "Nothing found")]
    [InlineData("", "Projects and groups are found by any part")]
    public async Task Text_that_finds_nothing_is_told_what_would(string query, string words)
    {
        var browser = await Browser.SignedIn(server, await server.NewUser());
        Assert.Contains(words, await browser.Page($"/-/search?{query}"), StringComparison.Ordinal);
    }

    /// <summary>Names are indexed behind the push.</summary>
    private static async Task<string> Eventually(Browser browser, string path, string words)
    {
        while (true)
        {
            var text = await browser.Page(path);
            if (text.Contains(words, StringComparison.Ordinal))
                return text;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
