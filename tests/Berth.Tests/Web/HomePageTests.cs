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
