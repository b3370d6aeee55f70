using System.Net;
using System.Text.RegularExpressions;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Web;

/// <summary>The first page: one's own, and all that one may see.</summary>
public sealed class HomePageTests(TestServer server)
{
    [Fact]
    public async Task Ones_own_stand_first_and_what_is_open_to_all_behind_the_second_tab()
    {
        var (user, other) = (await server.NewUser(), await server.NewUser());
        await (await RegistryClient.For(server, user, $"{user.Name}/mine")).PushImage("v7");
        var (group, path) = await Api.NewGroup(server, other, visibility: "public");
        await server.Post("/api/v4/projects", new { path = "open", namespace_id = group, visibility = "public" });
        using var browser = await Browser.SignedIn(server, user);
        var own = await browser.Page("/");
        Assert.Contains($"href=\"/{user.Name}/mine\"", own, StringComparison.Ordinal);
        Assert.Contains($"{user.Name}/mine:v7", own, StringComparison.Ordinal);
        Assert.DoesNotContain(path, own, StringComparison.Ordinal);
        var all = await browser.Page("/?show=all&name=ope");
        Assert.Contains($"href=\"/{path}/open\"", all, StringComparison.Ordinal);
        Assert.DoesNotContain($"{user.Name}/mine\"", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Groups_that_are_open_to_all_go_on_page_by_page_each_once()
    {
        var (user, owner) = (await server.NewUser(), await server.NewUser());
        var open = new List<string>();
        for (var number = 0; number < 16; number++)
            open.Add((await Api.NewGroup(server, owner, visibility: number % 2 == 0 ? "public" : "internal")).Path);
        var (_, hidden) = await Api.NewGroup(server, owner);
        var (own, mine) = await Api.NewGroup(server, user);
        await server.Post("/api/v4/groups", new { name = "sub", path = "sub", parent_id = own });
        using var browser = await Browser.SignedIn(server, user);
        var seen = new List<string>();
        for (var next = "/?show=all"; next is not null;)
        {
            var html = await browser.Page(next);
            seen.AddRange(Regex.Matches(html[html.IndexOf("<h2>Groups", StringComparison.Ordinal)..], "<a class=\"name\" href=\"/([^\"]+)\"").Select(link => link.Groups[1].Value));
            next = WebUtility.HtmlDecode(Regex.Match(html, "href=\"([^\"]*groups=[^\"]*)\"").Groups[1].Value) is { Length: > 0 } more ? more : null;
        }
        Assert.Equal(seen.Order(StringComparer.Ordinal).Distinct(), seen);
        Assert.All([.. open, mine, $"{mine}/sub"], path => Assert.Contains(path, seen));
        Assert.DoesNotContain(hidden, seen);
    }

    [Fact]
    public async Task Last_pushes_are_of_all_one_s_projects_not_of_those_on_the_page_alone()
    {
        var user = await server.NewUser();
        var (group, path) = await Api.NewGroup(server, user);
        for (var number = 0; number < 30; number++)
            await Api.NewProject(server, user, group, $"a{number}");
        await Api.NewProject(server, user, group, "zebra");
        await (await RegistryClient.For(server, user, $"{path}/zebra")).PushImage("v1");
        using var browser = await Browser.SignedIn(server, user);
        Assert.Contains($"{path}/zebra:v1", await browser.Page("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_finds_by_name_and_says_when_there_is_nothing()
    {
        var user = await server.NewUser();
        foreach (var name in new[] { "alpha", "beta" })
            await (await RegistryClient.For(server, user, $"{user.Name}/{name}")).PushImage("latest");
        using var browser = await Browser.SignedIn(server, user);
        var found = await browser.Page("/?name=alp");
        Assert.Contains($"href=\"/{user.Name}/alpha\"", found, StringComparison.Ordinal);
        Assert.DoesNotContain("/beta", found, StringComparison.Ordinal);
        Assert.Contains("<bdi>&lt;x&gt;</bdi>", await browser.Page("/?name=%3Cx%3E"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Someone_new_is_told_what_to_do_next_and_root_to_choose_a_password_first()
    {
        using var browser = await Browser.SignedIn(server, await server.NewUser());
        var html = await browser.Page("/");
        Assert.Contains("What to do next", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Choose a password of your own", html, StringComparison.Ordinal);
        await using var own = await TestServer.StartOwn();
        using var root = new Browser(own);
        using (await root.SignIn("root", TestServer.RootPassword))
            Assert.Contains("Choose a password of your own", await root.Page("/"), StringComparison.Ordinal);
    }
}
