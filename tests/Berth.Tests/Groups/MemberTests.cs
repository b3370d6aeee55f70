using System.Net;
using Berth.Tests.Harness;

namespace Berth.Tests.Groups;

public sealed class MemberTests(TestServer server)
{
    [Fact]
    public async Task A_member_is_added_by_name_or_number_shown_changed_and_removed()
    {
        var (owner, user) = (await server.NewUser(), await server.NewUser());
        var (group, _) = await Api.NewGroup(server, owner);
        var added = await Api.Post(server, $"/groups/{group}/members", owner.Token, new { username = user.Name, access_level = 20, expires_at = "2999-12-31" });
        Assert.Equal((user.Id, user.Name, "active", 20, "2999-12-31", $"{server.Url}/{user.Name}"), (added.GetProperty("id").GetInt64(), added.GetProperty("username").GetString(),
            added.GetProperty("state").GetString(), added.GetProperty("access_level").GetInt32(), added.GetProperty("expires_at").GetString(), added.GetProperty("web_url").GetString()));
        var again = await Api.Post(server, $"/groups/{group}/members", owner.Token, new { user_id = user.Id, access_level = 30 }, HttpStatusCode.Conflict);
        Assert.Equal("Member already exists", again.GetProperty("message").GetString());
        var changed = await Api.Put(server, $"/groups/{group}/members/{user.Id}", owner.Token, new { access_level = 30 });
        Assert.Equal((30, "2999-12-31"), (changed.GetProperty("access_level").GetInt32(), changed.GetProperty("expires_at").GetString()));
        changed = await Api.Put(server, $"/groups/{group}/members/{user.Id}", owner.Token, new { access_level = 30, expires_at = "" });
        Assert.Equal(System.Text.Json.JsonValueKind.Null, changed.GetProperty("expires_at").ValueKind);
        Assert.Equal([owner.Name, user.Name], Api.Texts(await Api.Get(server, $"/groups/{group}/members", user.Token), "username"));
        Assert.Equal([user.Name], Api.Texts(await Api.Get(server, $"/groups/{group}/members?query={user.Name}", user.Token), "username"));
        await Api.Delete(server, $"/groups/{group}/members/{user.Id}", owner.Token, HttpStatusCode.NoContent);
        await Api.Get(server, $"/groups/{group}/members/{user.Id}", owner.Token, HttpStatusCode.NotFound);
        await Api.Delete(server, $"/groups/{group}/members/{user.Id}", owner.Token, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"access_level":30}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"user_id":1,"username":"root","access_level":30}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"user_id":1}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"user_id":1,"access_level":31}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"user_id":1,"access_level":0}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"user_id":1,"access_level":30,"expires_at":"2020-01-01"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"user_id":1,"access_level":30,"expires_at":"tomorrow"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"user_id":999999999,"access_level":30}""", HttpStatusCode.NotFound)]
    [InlineData("""{"username":"a\u0000b","access_level":30}""", HttpStatusCode.NotFound)]
    public async Task A_wrong_member_is_refused(string body, HttpStatusCode status)
    {
        var owner = await server.SharedUser();
        var (group, _) = await Api.NewGroup(server, owner);
        using var reply = await server.Send(HttpMethod.Post, $"/api/v4/groups/{group}/members", new StringContent(body, System.Text.Encoding.UTF8, "application/json"), token: owner.Token);
        Assert.Equal(status, reply.StatusCode);
    }

    [Fact]
    public async Task Maintainers_manage_a_projects_members_up_to_their_own_role_and_no_group()
    {
        var (owner, maintainer, user) = (await server.NewUser(), await server.NewUser(), await server.NewUser());
        var (group, _) = await Api.NewGroup(server, owner);
        var project = await Api.NewProject(server, owner, group, "app");
        await Api.AddMember(server, owner, $"groups/{group}", maintainer, 40);
        await Api.Post(server, $"/groups/{group}/members", maintainer.Token, new { user_id = user.Id, access_level = 10 }, HttpStatusCode.Forbidden);
        await Api.Post(server, $"/projects/{project}/members", maintainer.Token, new { user_id = user.Id, access_level = 50 }, HttpStatusCode.Forbidden);
        await Api.AddMember(server, maintainer, $"projects/{project}", user, 40);
        await Api.Put(server, $"/projects/{project}/members/{user.Id}", maintainer.Token, new { access_level = 50 }, HttpStatusCode.Forbidden);
        await Api.Put(server, $"/projects/{project}/members/{user.Id}", owner.Token, new { access_level = 50 });
        await Api.Put(server, $"/projects/{project}/members/{user.Id}", maintainer.Token, new { access_level = 30 }, HttpStatusCode.Forbidden);
        await Api.Delete(server, $"/projects/{project}/members/{user.Id}", maintainer.Token, HttpStatusCode.Forbidden);
        await Api.Put(server, $"/projects/{project}/members/{user.Id}", owner.Token, new { access_level = 30 });
        await Api.Post(server, $"/projects/{project}/members", user.Token, new { user_id = 1, access_level = 10 }, HttpStatusCode.Forbidden);
        await Api.Delete(server, $"/projects/{project}/members/{user.Id}", maintainer.Token, HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Everyone_may_leave_but_the_last_owner()
    {
        var (owner, user) = (await server.NewUser(), await server.NewUser());
        var (group, _) = await Api.NewGroup(server, owner);
        await Api.AddMember(server, owner, $"groups/{group}", user, 10);
        await Api.Delete(server, $"/groups/{group}/members/{owner.Id}", user.Token, HttpStatusCode.Forbidden);
        await Api.Delete(server, $"/groups/{group}/members/{user.Id}", user.Token, HttpStatusCode.NoContent);
        await Api.Delete(server, $"/groups/{group}/members/{owner.Id}", owner.Token, HttpStatusCode.Forbidden);
        await Api.Put(server, $"/groups/{group}/members/{owner.Id}", owner.Token, new { access_level = 40 }, HttpStatusCode.Forbidden);
        await Api.Put(server, $"/groups/{group}/members/{owner.Id}", owner.Token, new { access_level = 50, expires_at = "2999-01-01" }, HttpStatusCode.Forbidden);
        await Api.AddMember(server, owner, $"groups/{group}", user, 50);
        await Api.Delete(server, $"/groups/{group}/members/{owner.Id}", owner.Token, HttpStatusCode.NoContent);
        await Api.Get(server, $"/groups/{group}", owner.Token, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Of_two_last_owners_who_remove_each_other_one_stays()
    {
        var (one, two) = (await server.NewUser(), await server.NewUser());
        var (group, _) = await Api.NewGroup(server, one);
        await Api.AddMember(server, one, $"groups/{group}", two, 50);
        async Task Leave(TestUser user)
        {
            using var reply = await server.Send(HttpMethod.Delete, $"/api/v4/groups/{group}/members/{user.Id}", token: user.Token);
            Assert.True(reply.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.Forbidden);
        }
        await Task.WhenAll(Leave(one), Leave(two));
        Assert.Single((await Api.Get(server, $"/groups/{group}/members", TestServer.RootToken)).EnumerateArray());
    }

    [Fact]
    public async Task Each_change_of_members_stands_in_the_audit()
    {
        var (owner, user) = (await server.NewUser(), await server.NewUser());
        var (group, _) = await Api.NewGroup(server, owner);
        await Api.AddMember(server, owner, $"groups/{group}", user, 20);
        await Api.Put(server, $"/groups/{group}/members/{user.Id}", owner.Token, new { access_level = 30 });
        await Api.Delete(server, $"/groups/{group}/members/{user.Id}", user.Token, HttpStatusCode.NoContent);
        var events = await Api.Get(server, $"/audit_events?entity_type=Group&entity_id={group}", TestServer.RootToken);
        Assert.Equal(["member.remove", "member.update", "member.add", "group.create"], Api.Texts(events, "event_name"));
    }

    [Fact]
    public async Task Members_make_projects_in_a_group_from_the_role_that_it_names()
    {
        var (owner, developer) = (await server.NewUser(), await server.NewUser());
        var (group, path) = await Api.NewGroup(server, owner);
        await Api.AddMember(server, owner, $"groups/{group}", developer, 30);
        await Api.Post(server, "/projects", developer.Token, new { path = "app", namespace_id = group }, HttpStatusCode.Forbidden);
        await Api.Put(server, $"/groups/{group}", owner.Token, new { project_creation_level = "developer" });
        await Api.NewProject(server, developer, group, "app");
        await Api.Put(server, $"/groups/{group}", owner.Token, new { project_creation_level = "noone" });
        await Api.Post(server, "/projects", owner.Token, new { path = "b", namespace_id = group }, HttpStatusCode.Forbidden);
        Assert.Equal([$"{path}/app"], Api.Texts(await Api.Get(server, $"/groups/{group}/projects", developer.Token), "path_with_namespace"));
        await Api.Delete(server, $"/projects/{Uri.EscapeDataString(path + "/app")}", developer.Token, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Projects_are_listed_as_the_caller_sees_them()
    {
        var (owner, member, stranger) = (await server.NewUser(), await server.NewUser(), await server.NewUser());
        var (group, path) = await Api.NewGroup(server, owner, visibility: "public");
        var hidden = await Api.NewProject(server, owner, group, "hidden");
        await Api.NewProject(server, owner, group, "shown", "internal");
        await Api.AddMember(server, owner, $"projects/{hidden}", member, 10);
        async Task<List<string>> List(TestUser user, string query = "") =>
            [.. Api.Texts(await Api.Get(server, $"/groups/{group}/projects?order_by=path&sort=asc{query}", user.Token), "path")];
        Assert.Equal(["hidden", "shown"], await List(owner));
        Assert.Equal(["hidden", "shown"], await List(member));
        Assert.Equal(["shown"], await List(stranger));
        Assert.Equal(["shown"], await List(member, "&visibility=internal"));
        Assert.Equal(["hidden"], await List(owner, "&search=HIDD"));
        Assert.Equal([$"{path}/hidden"], Api.Texts(await Api.Get(server, "/projects?membership=true", member.Token), "path_with_namespace"));
        Assert.Empty((await Api.Get(server, "/projects?owned=true", member.Token)).EnumerateArray());
    }
}
