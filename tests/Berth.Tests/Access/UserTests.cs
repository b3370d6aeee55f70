using System.Net;
using System.Text.Json;
using Berth.Tests.Groups;
using Berth.Tests.Harness;
using Berth.Tests.Web;

namespace Berth.Tests.Access;

/// <summary>/api/v4/users and /user: who sees what of whom, and what administrators do to people.</summary>
public sealed class UserTests(TestServer server)
{
    private const string Root = TestServer.RootToken;

    [Fact]
    public async Task Everyone_sees_the_public_fields_of_people_and_administrators_all()
    {
        var (one, two) = (await server.NewUser(), await server.NewUser());
        var seen = await Api.Get(server, $"/users/{one.Id}", two.Token);
        Assert.Equal((one.Id, one.Name, "active", $"{server.Url}/{one.Name}"), (seen.GetProperty("id").GetInt64(), seen.GetProperty("username").GetString(), seen.GetProperty("state").GetString(), seen.GetProperty("web_url").GetString()));
        Assert.Equal(["avatar_url", "bot", "created_at", "id", "locked", "name", "public_email", "state", "username", "web_url"], seen.EnumerateObject().Select(field => field.Name).Order());
        foreach (var (path, token) in new[] { ($"/users/{one.Id}", Root), ("/user", one.Token), ($"/users/{one.Id}", one.Token) })
        {
            var whole = await Api.Get(server, path, token);
            Assert.Equal((one.Name, false, JsonValueKind.Null), (whole.GetProperty("username").GetString(), whole.GetProperty("is_admin").GetBoolean(), whole.GetProperty("email").ValueKind));
            Assert.Equal(one.Name, (await Api.Get(server, $"/namespaces/{whole.GetProperty("namespace_id").GetInt64()}", one.Token)).GetProperty("full_path").GetString());
        }
        Assert.Equal("404 User Not Found", (await Api.Get(server, "/users/999999999", two.Token, HttpStatusCode.NotFound)).GetProperty("message").GetString());
    }

    [Fact]
    public async Task Users_are_listed_by_filter_order_and_page()
    {
        var mark = $"m{Guid.NewGuid():N}"[..10];
        var ids = new List<long>();
        foreach (var name in new[] { "b", "c", "a" })
            ids.Add((await server.Post("/api/v4/users", new { username = mark + name, name = $"{name.ToUpperInvariant()} of {mark}", email = $"{name}@{mark}.example", admin = name == "c" })).GetProperty("id").GetInt64());
        await Api.Post(server, $"/users/{ids[0]}/block", Root, new { });
        var user = await server.NewUser();
        async Task<List<string>> List(string query, string token) => [.. Api.Texts(await Api.Get(server, $"/users?{query}", token), "username").Select(name => name.Replace(mark, "", StringComparison.Ordinal))];
        Assert.Equal(["a", "c", "b"], await List($"search={mark}", user.Token));
        Assert.Equal(["a", "b", "c"], await List($"search=OF+{mark.ToUpperInvariant()}&order_by=username&sort=asc", user.Token));
        Assert.Equal(["c"], await List($"search={mark}&per_page=1&page=2", user.Token));
        Assert.Equal(["a", "c"], await List($"search={mark}&active=true", user.Token));
        Assert.Equal(["b"], await List($"search={mark}&blocked=true", user.Token));
        Assert.Equal(["b"], await List($"search={mark}&exclude_active=true", user.Token));
        Assert.Equal(["c"], await List($"search={mark}&admins=true", Root));
        Assert.Equal(["a"], await List($"search=a@{mark}", Root));
        Assert.Empty(await List($"search=a@{mark}", user.Token));
        Assert.Equal(["a"], await List($"username={mark.ToUpperInvariant()}A", user.Token));
        Assert.Empty(await List($"username={mark}", user.Token));
        Assert.Empty(await List($"search={mark}&created_before=2001-01-01", user.Token));
        using var bad = await server.Send(HttpMethod.Get, "/api/v4/users?created_after=yesterday", token: user.Token);
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        using var page = await server.Send(HttpMethod.Get, $"/api/v4/users?search={mark}&per_page=2", token: user.Token);
        Assert.Equal("3", page.Headers.GetValues("X-Total").Single());
    }

    [Fact]
    public async Task Bots_are_no_people()
    {
        var owner = await server.NewUser();
        var (group, _) = await Api.NewGroup(server, owner);
        var secret = $"secret-{Guid.NewGuid():N}";
        var bot = (await Api.Post(server, $"/groups/{group}/access_tokens", owner.Token, new { name = secret, scopes = new[] { "api" } })).GetProperty("user_id").GetInt64();
        Assert.Empty((await Api.Get(server, $"/users?search={secret}", owner.Token)).EnumerateArray());
        Assert.Empty((await Api.Get(server, $"/users?search={secret}&exclude_humans=true", owner.Token)).EnumerateArray());
        await Api.Get(server, $"/users/{bot}", owner.Token, HttpStatusCode.NotFound);
        Assert.True((await Api.Get(server, $"/users?search={secret}", Root))[0].GetProperty("bot").GetBoolean());
        Assert.Empty((await Api.Get(server, $"/users?search={secret}&humans=true", Root)).EnumerateArray());
        Assert.Empty((await Api.Get(server, $"/users?search={secret}&without_project_bots=true", Root)).EnumerateArray());
        await Api.Post(server, $"/users/{bot}/block", Root, new { }, HttpStatusCode.Forbidden);
        await Api.Delete(server, $"/users/{bot}", Root, HttpStatusCode.Forbidden);
        await Api.Put(server, $"/users/{bot}", Root, new { password = "a long password" }, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Only_administrators_change_block_and_delete_people()
    {
        var (one, two) = (await server.NewUser(), await server.NewUser());
        await Api.Put(server, $"/users/{one.Id}", two.Token, new { name = "No" }, HttpStatusCode.Forbidden);
        await Api.Put(server, $"/users/{two.Id}", two.Token, new { admin = true }, HttpStatusCode.Forbidden);
        await Api.Post(server, $"/users/{one.Id}/block", two.Token, new { }, HttpStatusCode.Forbidden);
        await Api.Delete(server, $"/users/{one.Id}", two.Token, HttpStatusCode.Forbidden);
        Assert.Equal(one.Name, (await Api.Get(server, $"/users/{one.Id}", Root)).GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_change_gives_name_address_right_and_password()
    {
        var user = await server.NewUser();
        var changed = await Api.Put(server, $"/users/{user.Id}", Root, new { name = "Ada L.", email = "ada@example.org", admin = true, username = user.Name, password = "another password" });
        Assert.Equal(("Ada L.", "ada@example.org", true), (changed.GetProperty("name").GetString(), changed.GetProperty("email").GetString(), changed.GetProperty("is_admin").GetBoolean()));
        Assert.Equal(HttpStatusCode.Unauthorized, await SignIn(user.Name, user.Password));
        Assert.Equal(HttpStatusCode.OK, await SignIn(user.Name, "another password"));
        await Api.Put(server, $"/users/{user.Id}", user.Token, new { admin = false }, HttpStatusCode.Forbidden);
        Assert.False((await Api.Put(server, $"/users/{user.Id}", Root, new { admin = false })).GetProperty("is_admin").GetBoolean());
        await Api.Put(server, $"/users/{user.Id}", Root, new { username = "a..b" }, HttpStatusCode.BadRequest);
        await Api.Put(server, $"/users/{user.Id}", Root, new { password = "short" }, HttpStatusCode.BadRequest);
        await Api.Put(server, "/users/999999999", Root, new { name = "x" }, HttpStatusCode.NotFound);
        Assert.Equal(["user.admin", "user.admin", "user.password_change"], Api.Texts(await Api.Get(server, $"/audit_events?entity_type=User&entity_id={user.Id}", Root), "event_name").Where(name => name is not ("user.create" or "token.create" or "user.sign_in")));
    }

    [Fact]
    public async Task Blocking_ends_every_credential_at_once_and_unblocking_brings_back_all_but_the_sessions()
    {
        var user = await server.NewUser("api", "read_registry", "write_registry", "read_repository", "write_repository");
        var client = await RegistryClient.For(server, user, $"{user.Name}/app");
        using var open = await client.Send(HttpMethod.Post, "blobs/uploads/");
        Assert.Equal(HttpStatusCode.Accepted, open.StatusCode);
        using var browser = await Browser.SignedIn(server, user);
        Assert.True((await Api.Post(server, $"/users/{user.Id}/block", Root, new { })).GetBoolean());

        Assert.Equal("blocked", (await Api.Get(server, $"/users/{user.Id}", Root)).GetProperty("state").GetString());
        await AssertAll(HttpStatusCode.Unauthorized, HttpStatusCode.Redirect);
        Assert.True((await Api.Post(server, $"/users/{user.Id}/unblock", Root, new { })).GetBoolean());
        await AssertAll(HttpStatusCode.OK, HttpStatusCode.Redirect);
        Assert.Equal(["user.unblock", "user.block"], Api.Texts(await Api.Get(server, $"/audit_events?entity_type=User&entity_id={user.Id}", Root), "event_name").Take(2));

        async Task AssertAll(HttpStatusCode expected, HttpStatusCode page)
        {
            using var list = await client.Get("tags/list");
            using var login = await server.Send(HttpMethod.Get, "/jwt/auth?service=container_registry", basic: user.Basic);
            using var password = await server.Send(HttpMethod.Get, "/jwt/auth?service=container_registry", basic: $"{user.Name}:{user.Password}");
            using var api = await server.Send(HttpMethod.Get, "/api/v4/user", token: user.Token);
            using var front = await browser.Get("/");
            Assert.Equal((expected, expected, expected, expected, page), (list.StatusCode, login.StatusCode, password.StatusCode, api.StatusCode, front.StatusCode));
        }
    }

    [Fact]
    public async Task Nobody_blocks_or_deletes_themself_and_root_stays()
    {
        var admin = await server.NewUser();
        await Api.Put(server, $"/users/{admin.Id}", Root, new { admin = true });
        await Api.Post(server, $"/users/{admin.Id}/block", admin.Token, new { }, HttpStatusCode.Forbidden);
        await Api.Delete(server, $"/users/{admin.Id}", admin.Token, HttpStatusCode.Forbidden);
        var root = (await Api.Get(server, "/user", Root)).GetProperty("id").GetInt64();
        Assert.Contains("reset-root-password", (await Api.Delete(server, $"/users/{root}", admin.Token, HttpStatusCode.Conflict)).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_still_owns_projects_or_a_group_alone_is_not_deleted()
    {
        var (user, other) = (await server.NewUser(), await server.NewUser());
        await Api.Post(server, "/projects", user.Token, new { path = "app" });
        Assert.Contains("still owns projects", (await Api.Delete(server, $"/users/{user.Id}", Root, HttpStatusCode.Conflict)).GetProperty("message").GetString(), StringComparison.Ordinal);
        await Api.Delete(server, $"/projects/{user.Name}%2Fapp", user.Token, HttpStatusCode.Accepted);
        var (group, path) = await Api.NewGroup(server, user);
        Assert.Contains($"only Owner of the group '{path}'", (await Api.Delete(server, $"/users/{user.Id}", Root, HttpStatusCode.Conflict)).GetProperty("message").GetString(), StringComparison.Ordinal);
        await Api.AddMember(server, user, $"groups/{group}", other, 50);
        await Api.Delete(server, $"/users/{user.Id}", Root, HttpStatusCode.NoContent);
        Assert.Equal([other.Name], Api.Texts(await Api.Get(server, $"/groups/{group}/members", other.Token), "username"));
    }

    [Fact]
    public async Task A_deleted_user_is_gone_and_the_name_is_free()
    {
        var (user, owner) = (await server.NewUser(), await server.NewUser());
        var (group, _) = await Api.NewGroup(server, owner);
        await Api.AddMember(server, owner, $"groups/{group}", user, 30);
        await Api.Delete(server, $"/users/{user.Id}", Root, HttpStatusCode.NoContent);
        await Api.Get(server, $"/users/{user.Id}", Root, HttpStatusCode.NotFound);
        Assert.Empty((await Api.Get(server, $"/users?username={user.Name}", Root)).EnumerateArray());
        Assert.Empty((await Api.Get(server, $"/users?search={user.Name}", Root)).EnumerateArray());
        await Api.Get(server, "/user", user.Token, HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.Unauthorized, await SignIn(user.Name, user.Password));
        await Api.Post(server, $"/users/{user.Id}/unblock", Root, new { }, HttpStatusCode.NotFound);
        await Api.Post(server, $"/users/{user.Id}/personal_access_tokens", Root, new { name = "x", scopes = new[] { "api" } }, HttpStatusCode.NotFound);
        var again = await server.Post("/api/v4/users", new { username = user.Name, password = "a long password" });
        Assert.NotEqual(user.Id, again.GetProperty("id").GetInt64());
        Assert.Equal(HttpStatusCode.OK, await SignIn(user.Name, "a long password"));
        Assert.Equal(["user.delete", "token.create", "user.create"], Api.Texts(await Api.Get(server, $"/audit_events?entity_type=User&entity_id={user.Id}", Root), "event_name"));
    }

    [Fact]
    public async Task Ones_own_password_is_changed_by_the_old_one_which_ends()
    {
        var user = await server.NewUser();
        using var browser = await Browser.SignedIn(server, user);
        await Api.Put(server, "/user/password", user.Token, new { current_password = "wrong", password = "a new password" }, HttpStatusCode.BadRequest);
        await Api.Put(server, "/user/password", user.Token, new { current_password = user.Password, password = "short" }, HttpStatusCode.BadRequest);
        await Api.Put(server, "/user/password", user.Token, new { password = "a new password" }, HttpStatusCode.BadRequest);
        // A token is no password, also where one is asked for.
        await Api.Put(server, "/user/password", user.Token, new { current_password = user.Token, password = "a new password" }, HttpStatusCode.BadRequest);
        await Api.Put(server, "/user/password", user.Token, new { current_password = user.Password, password = "a new password" }, HttpStatusCode.NoContent);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await SignIn(user.Name, user.Password), await SignIn(user.Name, "a new password")));
        using var page = await browser.Get("/");
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
    }

    [Fact]
    public async Task Projects_of_a_user_are_those_in_the_own_namespace_as_the_caller_sees_them()
    {
        var (user, other) = (await server.NewUser(), await server.NewUser());
        var (group, _) = await Api.NewGroup(server, user, visibility: "public");
        await Api.NewProject(server, user, group, "elsewhere", "public");
        foreach (var (path, visibility) in new[] { ("hidden", "private"), ("shown", "internal") })
            await Api.Post(server, "/projects", user.Token, new { path, visibility });
        Assert.Equal(["shown", "hidden"], Api.Texts(await Api.Get(server, $"/users/{user.Id}/projects", user.Token), "path"));
        Assert.Equal(["shown"], Api.Texts(await Api.Get(server, $"/users/{user.Name.ToUpperInvariant()}/projects", other.Token), "path"));
        await Api.Get(server, "/users/nobody-of-that-name/projects", other.Token, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Namespaces_are_ones_own_and_the_groups_in_which_one_has_a_role()
    {
        var (owner, member) = (await server.NewUser(), await server.NewUser());
        var (group, path) = await Api.NewGroup(server, owner, visibility: "public");
        var (below, _) = await Api.NewGroup(server, owner, parent: group, visibility: "public", path: "sub");
        await Api.AddMember(server, owner, $"groups/{group}", member, 10);
        var seen = await Api.Get(server, "/namespaces", member.Token);
        Assert.Equal([member.Name, path, $"{path}/sub"], Api.Texts(seen, "full_path"));
        Assert.Equal(["user", "group", "group"], Api.Texts(seen, "kind"));
        Assert.Equal([member.Name], Api.Texts(await Api.Get(server, "/namespaces?owned_only=true", member.Token), "path"));
        Assert.Equal([path], Api.Texts(await Api.Get(server, $"/namespaces?search={path}&top_level_only=true", member.Token), "path"));
        Assert.Equal(below, (await Api.Get(server, $"/namespaces/{path}%2Fsub", member.Token)).GetProperty("id").GetInt64());
        Assert.Equal(group, (await Api.Get(server, $"/namespaces/{below}", Root)).GetProperty("parent_id").GetInt64());
        await Api.Get(server, $"/namespaces/{owner.Name}", member.Token, HttpStatusCode.NotFound);
        await Api.Get(server, "/namespaces/a%2500b", member.Token, HttpStatusCode.NotFound);
        var stranger = await server.NewUser();
        await Api.Get(server, $"/namespaces/{group}", stranger.Token, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/version")]
    [InlineData("/metadata")]
    public async Task Version_is_told_to_who_is_signed_in(string path)
    {
        var user = await server.SharedUser();
        Assert.Matches(@"^\d+\.\d+\.\d+", (await Api.Get(server, path, user.Token)).GetProperty("version").GetString());
        await Api.Get(server, path, "glpat-none", HttpStatusCode.Unauthorized);
    }

    private async Task<HttpStatusCode> SignIn(string username, string password)
    {
        using var reply = await server.Send(HttpMethod.Get, "/jwt/auth?service=container_registry", basic: $"{username}:{password}");
        return reply.StatusCode;
    }
}
