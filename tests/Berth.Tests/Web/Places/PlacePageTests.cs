using System.Net;
using System.Net.Http.Json;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Web.Places;

/// <summary>The page at a path: of a group, of a user, of a project, and of what is none of them.</summary>
public sealed class PlacePageTests(TestServer server)
{
    [Fact]
    public async Task A_group_s_page_lists_what_is_in_it_and_is_to_others_as_if_it_were_not_there()
    {
        var owner = await server.NewUser();
        var (group, path) = await Api.NewGroup(server, owner);
        await Api.NewProject(server, owner, group, "app");
        await (await RegistryClient.For(server, owner, $"{path}/app")).PushImage("v1");
        using var browser = await Browser.SignedIn(server, owner);
        var html = await browser.Page($"/{path}");
        Assert.Contains($"href=\"/{path}/app\"", html, StringComparison.Ordinal);
        Assert.Contains($"{path}/app:v1", html, StringComparison.Ordinal);
        Assert.Contains($"by <bdi>{owner.Name}</bdi>", html, StringComparison.Ordinal);
        Assert.Contains("New subgroup", html, StringComparison.Ordinal);
        using var other = await Browser.SignedIn(server, await server.NewUser());
        await other.Page($"/{path}", HttpStatusCode.NotFound);
        await other.Page($"/groups/{path}", HttpStatusCode.NotFound);
        using var stranger = new Browser(server);
        using var away = await stranger.Get($"/{path}");
        Assert.Equal(HttpStatusCode.Redirect, away.StatusCode);
        using var here = await browser.Get($"/groups/{path}");
        Assert.Equal($"/{path}", here.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Last_pushes_of_a_group_are_also_those_of_its_subgroups_and_who_pushed_is_for_its_members()
    {
        var owner = await server.NewUser();
        var (group, path) = await Api.NewGroup(server, owner, visibility: "public");
        var below = (await server.Post("/api/v4/groups", new { name = "sub", path = "sub", parent_id = group, visibility = "public" })).GetProperty("id").GetInt64();
        foreach (var (name, visibility) in new[] { ("open", "public"), ("closed", "private") })
        {
            await server.Post("/api/v4/projects", new { path = name, namespace_id = below, visibility });
            await (await RegistryClient.For(server, owner, $"{path}/sub/{name}")).PushImage("v1");
        }
        using var browser = await Browser.SignedIn(server, owner);
        var html = await browser.Page($"/{path}");
        Assert.Contains($"{path}/sub/open:v1", html, StringComparison.Ordinal);
        Assert.Contains($"{path}/sub/closed:v1", html, StringComparison.Ordinal);
        Assert.Contains($"by <bdi>{owner.Name}</bdi>", html, StringComparison.Ordinal);
        using var stranger = new Browser(server);
        var seen = await stranger.Page($"/{path}");
        Assert.Contains($"{path}/sub/open:v1", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("closed", seen, StringComparison.Ordinal);
        Assert.DoesNotContain(owner.Name, seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_state_of_a_project_s_pipeline_and_images_is_for_those_who_see_them()
    {
        var owner = await server.NewUser();
        var (group, path) = await Api.NewGroup(server, owner, visibility: "public");
        var project = (await server.Post("/api/v4/projects", new { path = "app", namespace_id = group, visibility = "public" })).GetProperty("id").GetInt64();
        await Api.Put(server, $"/projects/{project}", owner.Token, new { container_registry_access_level = "private" });
        await (await RegistryClient.For(server, owner, $"{path}/app")).PushImage("v1");
        await server.Database.Write(transaction => transaction.Execute("""
            insert into pipelines (project_id, iid, ref, is_tag, sha, before_sha, source, status, commit_message, commit_author, commit_time, ref_protected, user_id, created_at)
            values (@project, 1, 'main', 0, @sha, @sha, 'push', 'success', '', '', '', 1, @user, 1)
            """, new { project, user = owner.Id, sha = new string('a', 40) }));
        using var browser = await Browser.SignedIn(server, owner);
        var html = await browser.Page($"/{path}");
        Assert.Contains("status success", html, StringComparison.Ordinal);
        Assert.Contains("pushed <time", html, StringComparison.Ordinal);
        using var stranger = new Browser(server);
        var seen = await stranger.Page($"/{path}");
        Assert.Contains($"href=\"/{path}/app\"", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("status success", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("pushed <time", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("no image yet", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_group_shows_strangers_what_is_public_in_it_and_nothing_else()
    {
        var owner = await server.NewUser();
        var (group, path) = await Api.NewGroup(server, owner, visibility: "public");
        foreach (var visibility in new[] { "private", "internal", "public" })
            await server.Post("/api/v4/projects", new { path = $"app-{visibility}", namespace_id = group, visibility });
        using var stranger = new Browser(server);
        var html = await stranger.Page($"/{path}");
        Assert.Contains($"{path}/app-public", html, StringComparison.Ordinal);
        Assert.DoesNotContain($"{path}/app-internal", html, StringComparison.Ordinal);
        Assert.DoesNotContain($"{path}/app-private", html, StringComparison.Ordinal);
        Assert.DoesNotContain("New project", html, StringComparison.Ordinal);
        using var other = await Browser.SignedIn(server, await server.NewUser());
        Assert.Contains($"{path}/app-internal", await other.Page($"/{path}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_s_page_is_for_everyone_with_an_account_and_shows_each_what_they_may_see()
    {
        var user = await server.NewUser();
        await (await RegistryClient.For(server, user, $"{user.Name}/mine")).PushImage("v1");
        using var browser = await Browser.SignedIn(server, user);
        Assert.Contains($"href=\"/{user.Name}/mine\"", await browser.Page($"/{user.Name}"), StringComparison.Ordinal);
        using var other = await Browser.SignedIn(server, await server.NewUser());
        Assert.DoesNotContain($"{user.Name}/mine", await other.Page($"/{user.Name}"), StringComparison.Ordinal);
        using var stranger = new Browser(server);
        using var away = await stranger.Get($"/{user.Name}");
        using var nobody = await stranger.Get("/nobody-is-called-so");
        Assert.Equal(HttpStatusCode.Redirect, away.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, nobody.StatusCode);
    }

    [Fact]
    public async Task The_address_that_git_has_of_a_project_leads_to_its_page_and_tells_nothing_of_others()
    {
        var owner = await server.NewUser();
        await (await RegistryClient.For(server, owner, $"{owner.Name}/code")).PushImage("v1");
        using var browser = await Browser.SignedIn(server, owner);
        using var reply = await browser.Get($"/{owner.Name}/code.git");
        Assert.Equal(HttpStatusCode.Redirect, reply.StatusCode);
        Assert.Equal($"/{owner.Name}/code", reply.Headers.Location!.OriginalString);
        using var other = await Browser.SignedIn(server, await server.NewUser());
        await other.Page($"/{owner.Name}/code.git", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_long_list_goes_on_behind_a_link_and_skips_what_one_may_not_see()
    {
        var owner = await server.NewUser();
        var (group, path) = await Api.NewGroup(server, owner, visibility: "public");
        foreach (var number in Enumerable.Range(100, 70))
            await server.Post("/api/v4/projects", new { path = $"app-{number}", namespace_id = group, visibility = number < 135 ? "private" : "public" });
        using var stranger = new Browser(server);
        var first = await stranger.Page($"/{path}");
        Assert.DoesNotContain("app-134", first, StringComparison.Ordinal);
        Assert.Contains("app-135", first, StringComparison.Ordinal);
        Assert.Contains("app-164", first, StringComparison.Ordinal);
        Assert.Contains($"href=\"/{path}?from={Uri.EscapeDataString(path)}%2Fapp-165\"", first, StringComparison.Ordinal);
        var second = await stranger.Page($"/{path}?from={Uri.EscapeDataString(path)}%2Fapp-165");
        Assert.Contains("app-169", second, StringComparison.Ordinal);
        Assert.DoesNotContain("app-164", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renamed_group_s_page_leads_to_where_it_is_now()
    {
        var owner = await server.NewUser();
        var (group, path) = await Api.NewGroup(server, owner);
        using var renamed = await server.Send(HttpMethod.Put, $"/api/v4/groups/{group}", JsonContent.Create(new { path = path + "-new" }), token: owner.Token);
        Assert.Equal(HttpStatusCode.OK, renamed.StatusCode);
        using var browser = await Browser.SignedIn(server, owner);
        using var reply = await browser.Get($"/{path}?from=a");
        Assert.Equal($"/{path}-new?from=a", reply.Headers.Location!.OriginalString);
        using var below = await browser.Get($"/groups/{path}");
        Assert.Equal($"/groups/{path}-new", below.Headers.Location!.OriginalString);
    }
}
