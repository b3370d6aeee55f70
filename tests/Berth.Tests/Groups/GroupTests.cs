using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Berth.Tests.Harness;

namespace Berth.Tests.Groups;

public sealed class GroupTests(TestServer server)
{
    [Fact]
    public async Task A_group_is_shown_with_GitLabs_fields_by_number_and_by_path()
    {
        var user = await server.NewUser();
        var (id, path) = await Api.NewGroup(server, user);
        var (_, sub) = await Api.NewGroup(server, user, id, path: "Sub");
        Assert.Equal($"{path}/Sub", sub);
        var byPath = await Api.Get(server, $"/groups/{Uri.EscapeDataString(sub.ToLowerInvariant())}", user.Token);
        Assert.Equal(id, byPath.GetProperty("parent_id").GetInt64());
        Assert.Equal("private", byPath.GetProperty("visibility").GetString());
        Assert.Equal("maintainer", byPath.GetProperty("project_creation_level").GetString());
        Assert.False(byPath.GetProperty("push_creates_projects").GetBoolean());
        Assert.Equal($"{path} / A group", byPath.GetProperty("full_name").GetString());
        Assert.Equal(path, (await Api.Get(server, $"/groups/{id}", user.Token)).GetProperty("full_path").GetString());
        Assert.Equal(["Sub"], Api.Texts(await Api.Get(server, $"/groups/{id}/subgroups", user.Token), "path"));
    }

    [Fact]
    public async Task Groups_nest_up_to_20_levels()
    {
        var user = await server.NewUser();
        long? parent = null;
        for (var depth = 1; depth <= 20; depth++)
            (parent, _) = await Api.NewGroup(server, user, parent, path: depth == 1 ? null : "d");
        var refused = await Api.Post(server, "/groups", user.Token, new { name = "deep", path = "d", parent_id = parent }, HttpStatusCode.BadRequest);
        Assert.Contains("20 levels", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_child_is_not_more_open_than_its_parent()
    {
        var user = await server.NewUser();
        var (id, path) = await Api.NewGroup(server, user, visibility: "internal");
        var open = await Api.Post(server, "/groups", user.Token, new { name = "x", path = "open", parent_id = id, visibility = "public" }, HttpStatusCode.BadRequest);
        Assert.Contains("public is not allowed since the parent group has a internal visibility", open.ToString(), StringComparison.Ordinal);
        await Api.Post(server, "/projects", user.Token, new { path = "open", namespace_id = id, visibility = "public" }, HttpStatusCode.BadRequest);
        var project = await Api.NewProject(server, user, id, "app", "internal");
        await Api.Put(server, $"/projects/{project}", user.Token, new { visibility = "public" }, HttpStatusCode.BadRequest);
        var closed = await Api.Put(server, $"/groups/{Uri.EscapeDataString(path)}", user.Token, new { visibility = "private" }, HttpStatusCode.BadRequest);
        Assert.Contains("contains projects with higher visibility", closed.ToString(), StringComparison.Ordinal);
        await Api.Put(server, $"/projects/{project}", user.Token, new { visibility = "private" });
        await Api.NewGroup(server, user, id, "internal");
        Assert.Contains("sub-groups with higher visibility", (await Api.Put(server, $"/groups/{id}", user.Token, new { visibility = "private" }, HttpStatusCode.BadRequest)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_private_group_is_to_strangers_as_one_that_does_not_exist()
    {
        var (owner, stranger) = (await server.NewUser(), await server.NewUser());
        var (id, path) = await Api.NewGroup(server, owner);
        foreach (var tail in new[] { "", "/projects", "/subgroups", "/members", "/members/all", $"/members/{owner.Id}" })
        {
            var hidden = await Api.Get(server, $"/groups/{id}{tail}", stranger.Token, HttpStatusCode.NotFound);
            var missing = await Api.Get(server, $"/groups/999999999{tail}", stranger.Token, HttpStatusCode.NotFound);
            Assert.Equal(missing.ToString(), hidden.ToString());
            await Api.Get(server, $"/groups/{Uri.EscapeDataString(path)}{tail}", stranger.Token, HttpStatusCode.NotFound);
        }
        var into = await Api.Post(server, "/groups", stranger.Token, new { name = "x", path = "x", parent_id = id }, HttpStatusCode.NotFound);
        Assert.Equal((await Api.Post(server, "/groups", stranger.Token, new { name = "x", path = "x", parent_id = 999999999 }, HttpStatusCode.NotFound)).ToString(), into.ToString());
        var project = await Api.Post(server, "/projects", stranger.Token, new { path = "x", namespace_id = id }, HttpStatusCode.BadRequest);
        Assert.Equal((await Api.Post(server, "/projects", stranger.Token, new { path = "x", namespace_id = 999999999 }, HttpStatusCode.BadRequest)).ToString(), project.ToString());
        Assert.DoesNotContain(path, Api.Texts(await Api.Get(server, $"/groups?search={path}", stranger.Token), "full_path"));
        await Api.Put(server, $"/groups/{id}", owner.Token, new { visibility = "internal" });
        Assert.Contains(path, Api.Texts(await Api.Get(server, $"/groups?search={path}", stranger.Token), "full_path"));
        await Api.Put(server, $"/groups/{id}", stranger.Token, new { name = "mine" }, HttpStatusCode.Forbidden);
        await Api.Delete(server, $"/groups/{id}", stranger.Token, HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("admin")]
    [InlineData("Groups")]
    [InlineData("app.git")]
    [InlineData("-app")]
    [InlineData("a/b")]
    [InlineData("böt")]
    public async Task A_path_that_is_no_image_name_or_reserved_is_refused(string path) =>
        await Api.Post(server, "/groups", (await server.SharedUser()).Token, new { name = "x", path }, HttpStatusCode.BadRequest);

    [Fact]
    public async Task A_path_is_a_group_a_project_or_a_user_and_never_two_of_them()
    {
        var user = await server.NewUser();
        var (id, path) = await Api.NewGroup(server, user);
        await Api.NewProject(server, user, id, "App");
        Assert.Contains("has already been taken", (await Api.Post(server, "/groups", user.Token, new { name = "x", path = "aPP", parent_id = id }, HttpStatusCode.BadRequest)).ToString(), StringComparison.Ordinal);
        await Api.NewGroup(server, user, id, path: "sub");
        await Api.Post(server, "/projects", user.Token, new { path = "SUB", namespace_id = id }, HttpStatusCode.BadRequest);
        await Api.Post(server, "/groups", user.Token, new { name = "x", path = user.Name }, HttpStatusCode.BadRequest);
        await Api.Post(server, "/users", TestServer.RootToken, new { username = path, password = "password of " + path }, HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Of_many_who_want_one_path_at_once_one_gets_it()
    {
        var user = await server.NewUser();
        var (id, _) = await Api.NewGroup(server, user);
        var top = $"r{Guid.NewGuid():N}"[..12];
        async Task<HttpStatusCode> Send(string path, object body)
        {
            using var reply = await server.Send(HttpMethod.Post, "/api/v4" + path, JsonContent.Create(body), token: user.Token);
            return reply.StatusCode;
        }
        var tops = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Send("/groups", new { name = "x", path = top })));
        var mixed = await Task.WhenAll(Enumerable.Range(0, 6).Select(n => n % 2 == 0 ? Send("/groups", new { name = "x", path = "one", parent_id = id }) : Send("/projects", new { path = "one", namespace_id = id })));
        foreach (var statuses in new[] { tops, mixed })
        {
            Assert.Single(statuses, HttpStatusCode.Created);
            Assert.All(statuses.Where(status => status != HttpStatusCode.Created), status => Assert.Equal(HttpStatusCode.BadRequest, status));
        }
    }

    [Fact]
    public async Task A_group_that_holds_something_is_not_deleted_and_an_empty_one_frees_its_path()
    {
        var user = await server.NewUser();
        var (id, path) = await Api.NewGroup(server, user);
        var (sub, _) = await Api.NewGroup(server, user, id);
        Assert.Contains("delete those first", (await Api.Delete(server, $"/groups/{id}", user.Token, HttpStatusCode.Conflict)).ToString(), StringComparison.Ordinal);
        await Api.Delete(server, $"/groups/{sub}", user.Token, HttpStatusCode.Accepted);
        var project = await Api.NewProject(server, user, id, "app");
        await Api.Delete(server, $"/groups/{id}", user.Token, HttpStatusCode.Conflict);
        await Api.Delete(server, $"/projects/{project}", user.Token, HttpStatusCode.Accepted);
        await Api.Delete(server, $"/groups/{id}", user.Token, HttpStatusCode.Accepted);
        await Api.Get(server, $"/groups/{id}", user.Token, HttpStatusCode.NotFound);
        Assert.NotEqual(id, (await Api.NewGroup(server, user, path: path)).Id);
    }

    [Fact]
    public async Task Lists_come_in_pages_with_GitLabs_headers()
    {
        var user = await server.NewUser();
        var (id, _) = await Api.NewGroup(server, user);
        foreach (var name in new[] { "c", "a", "b" })
            await Api.NewGroup(server, user, id, path: name);
        using var reply = await server.Send(HttpMethod.Get, $"/api/v4/groups/{id}/subgroups?per_page=2&page=1&order_by=path&sort=desc", token: user.Token);
        string Header(string name) => Assert.Single(reply.Headers.GetValues(name));
        Assert.Equal(["1", "2", "", "2", "3", "2"], new[] { "x-page", "x-per-page", "x-prev-page", "x-next-page", "x-total", "x-total-pages" }.Select(Header));
        Assert.Equal($"""<{server.Url}/api/v4/groups/{id}/subgroups?order_by=path&sort=desc&per_page=2&page=2>; rel="next", <{server.Url}/api/v4/groups/{id}/subgroups?order_by=path&sort=desc&per_page=2&page=1>; rel="first", <{server.Url}/api/v4/groups/{id}/subgroups?order_by=path&sort=desc&per_page=2&page=2>; rel="last" """.TrimEnd(), Header("link"));
        Assert.Equal(["a"], Api.Texts(await Api.Get(server, $"/groups/{id}/subgroups?per_page=2&page=2&order_by=path&sort=desc", user.Token), "path"));
        Assert.Equal(["a", "b", "c"], Api.Texts(await Api.Get(server, $"/groups/{id}/subgroups?order_by=path", user.Token), "path"));
    }

    [Fact]
    public async Task Lists_of_groups_can_be_narrowed_to_what_is_owned_or_on_top()
    {
        var (owner, other) = (await server.NewUser(), await server.NewUser());
        var (id, path) = await Api.NewGroup(server, owner, visibility: "internal");
        var (_, sub) = await Api.NewGroup(server, owner, id, path: "sub");
        await Api.AddMember(server, owner, $"groups/{id}", other, 20);
        async Task<List<string>> List(TestUser user, string query) => Api.Texts(await Api.Get(server, $"/groups?search={path}&{query}", user.Token), "full_path");
        Assert.Equal([path, sub], await List(owner, "owned=true&order_by=path"));
        Assert.Equal([path], await List(owner, "top_level_only=true"));
        Assert.Equal([path, sub], await List(other, "order_by=path"));
        Assert.Equal([path, sub], await List(other, "min_access_level=20&order_by=path"));
        Assert.Empty(await List(other, "min_access_level=30"));
        Assert.Empty(await List(other, "owned=true"));
    }

    [Theory]
    [InlineData("/groups?order_by=size", "order_by (id, name, path, created_at, updated_at, last_activity_at, star_count, similarity, repository_size, storage_size, packages_size, wiki_size)")]
    [InlineData("/groups?sort=up", "sort (asc, desc)")]
    [InlineData("/groups?min_access_level=7", "min_access_level (10, 15, 20, 30, 40, 50)")]
    [InlineData("/groups/{group}/subgroups?visibility=secret", "visibility (private, internal, public)")]
    [InlineData("/groups/{group}/projects?sort=ASC", "sort (asc, desc)")]
    [InlineData("/projects?visibility=Public&sort=1", "visibility (private, internal, public), sort (asc, desc)")]
    [InlineData("/users/{user}/projects?visibility=1", "visibility (private, internal, public)")]
    [InlineData("/users?order_by=email", "order_by (id, name, username, created_at, updated_at)")]
    [InlineData("/users?sort=random", "sort (asc, desc)")]
    public async Task Word_that_a_list_does_not_take_is_refused_with_those_that_it_takes(string list, string refused)
    {
        var user = await server.NewUser();
        var (group, _) = await Api.NewGroup(server, user);
        var path = list.Replace("{group}", $"{group}", StringComparison.Ordinal).Replace("{user}", user.Name, StringComparison.Ordinal);
        var error = (await Api.Get(server, path, user.Token, HttpStatusCode.BadRequest)).GetProperty("error").GetString()!;
        Assert.Equal(refused.Replace(" (", " does not have a valid value (one of ", StringComparison.Ordinal), error);
    }

    [Theory]
    [InlineData("/projects?order_by=last_activity_at&sort=desc&visibility=private&min_access_level=40")]
    [InlineData("/projects?order_by=star_count&sort=&visibility=")]
    [InlineData("/groups?order_by=similarity&min_access_level=50")]
    [InlineData("/users?order_by=updated_at&sort=desc")]
    public async Task Words_that_GitLabs_lists_take_are_taken(string list) =>
        Assert.Equal(JsonValueKind.Array, (await Api.Get(server, list, (await server.NewUser()).Token)).ValueKind);

    [Fact]
    public async Task Search_whose_longest_text_ends_within_a_surrogate_pair_finds_nothing()
    {
        var user = await server.SharedUser();
        foreach (var list in new[] { "/groups", "/projects", "/namespaces" })
            Assert.Empty((await Api.Get(server, $"{list}?search={new string('a', 254)}%F0%9F%9A%A2b", user.Token)).EnumerateArray());
    }
}
