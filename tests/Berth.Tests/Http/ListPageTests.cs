using System.Globalization;
using System.Net;
using System.Text.Json;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Http;

/// <summary>Lists of what belongs to a project, a group or a user: each page holds what it should, and the headers say where it is.</summary>
public sealed class ListPageTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("project", "access_tokens", """{"name":"NAME","scopes":["read_registry"],"access_level":30}""", "name")]
    [InlineData("group", "access_tokens", """{"name":"NAME","scopes":["read_registry"],"access_level":30}""", "name")]
    [InlineData("project", "deploy_tokens", """{"name":"NAME","scopes":["read_registry"]}""", "name")]
    [InlineData("group", "deploy_tokens", """{"name":"NAME","scopes":["read_registry"]}""", "name")]
    [InlineData("user", "impersonation_tokens", """{"name":"NAME","scopes":["read_registry"],"expires_at":"EXPIRY"}""", "name")]
    [InlineData("project", "variables", """{"key":"NAME","value":"v"}""", "key")]
    public async Task What_was_made_is_listed_in_order_a_page_at_a_time(string owner, string list, string body, string name)
    {
        var user = await server.NewUser();
        var (group, _) = await Api.NewGroup(server, user);
        var place = owner switch
        {
            "project" => $"/projects/{await Api.NewProject(server, user, group, "app")}",
            "group" => $"/groups/{group}",
            _ => $"/users/{user.Id}",
        };
        var token = owner == "user" ? TestServer.RootToken : user.Token;
        var expiry = server.Clock.GetUtcNow().AddDays(30).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        foreach (var made in new[] { "a1", "a2", "a3", "a4", "a5" })
            await Api.Post(server, $"{place}/{list}", token, JsonDocument.Parse(body.Replace("NAME", made, StringComparison.Ordinal).Replace("EXPIRY", expiry, StringComparison.Ordinal)).RootElement);
        Assert.Equal(("a1 a2", "5", "2"), await Page($"{place}/{list}", 1, name, token));
        Assert.Equal(("a3 a4", "5", "3"), await Page($"{place}/{list}", 2, name, token));
        Assert.Equal(("a5", "5", ""), await Page($"{place}/{list}", 3, name, token));
        Assert.Equal(("", "5", ""), await Page($"{place}/{list}", 4, name, token));
    }

    [Fact]
    public async Task Members_of_a_project_and_of_what_is_above_are_listed_once_each_a_page_at_a_time()
    {
        var (owner, high, low, own) = (await server.NewUser(), await server.NewUser(), await server.NewUser(), await server.NewUser());
        var (group, _) = await Api.NewGroup(server, owner);
        var (child, _) = await Api.NewGroup(server, owner, parent: group);
        var project = await Api.NewProject(server, owner, child, "app");
        await Api.AddMember(server, owner, $"groups/{group}", high, 40);
        await Api.AddMember(server, owner, $"projects/{project}", high, 20);
        await Api.AddMember(server, owner, $"groups/{child}", low, 10);
        await Api.AddMember(server, owner, $"projects/{project}", low, 30);
        await Api.AddMember(server, owner, $"projects/{project}", own, 20);
        Assert.Equal(($"{high.Name} {low.Name}", "3", "2"), await Page($"/projects/{project}/members", 1, "username", owner.Token));
        Assert.Equal((own.Name, "3", ""), await Page($"/projects/{project}/members", 2, "username", owner.Token));
        Assert.Equal(($"{owner.Name} {high.Name}", "4", "2"), await Page($"/projects/{project}/members/all", 1, "username", owner.Token));
        Assert.Equal(($"{low.Name} {own.Name}", "4", ""), await Page($"/projects/{project}/members/all", 2, "username", owner.Token));
        var levels = (await Api.Get(server, $"/projects/{project}/members/all", owner.Token)).EnumerateArray().Select(member => member.GetProperty("access_level").GetInt32());
        Assert.Equal([50, 40, 30, 20], levels);
        Assert.Equal(($"{owner.Name} {high.Name}", "3", "2"), await Page($"/groups/{child}/members/all", 1, "username", owner.Token));
        Assert.Equal((low.Name, "3", ""), await Page($"/groups/{child}/members/all", 2, "username", owner.Token));
        Assert.Equal(40, (await Api.Get(server, $"/projects/{project}/members/all/{high.Id}", owner.Token)).GetProperty("access_level").GetInt32());
        Assert.Equal(20, (await Api.Get(server, $"/projects/{project}/members/{high.Id}", owner.Token)).GetProperty("access_level").GetInt32());
    }

    [Fact]
    public async Task Runners_are_listed_a_projects_own_first_and_all_of_them_a_page_at_a_time()
    {
        var owner = await server.NewUser("api", "create_runner");
        var (group, _) = await Api.NewGroup(server, owner);
        var project = await Api.NewProject(server, owner, group, "app");
        foreach (var description in new[] { "r1", "r2", "r3" })
            await Api.Post(server, "/user/runners", owner.Token, new { runner_type = "project_type", project_id = project, description });
        var shared = await Api.Post(server, "/user/runners", TestServer.RootToken, new { runner_type = "instance_type", description = "shared", paused = true });
        Assert.Equal("r3 r2", (await Page($"/projects/{project}/runners", 1, "description", owner.Token)).Names);
        Assert.StartsWith("r1 ", (await Page($"/projects/{project}/runners", 2, "description", owner.Token)).Names, StringComparison.Ordinal);
        // Other tests make and delete runners meanwhile.
        var (some, _, next) = await Page("/runners/all", 1, "id", TestServer.RootToken);
        Assert.Equal((2, "2"), (some.Split(' ').Length, next));
        await Api.Delete(server, $"/runners/{shared.GetProperty("id").GetInt64()}", TestServer.RootToken, HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_project_has_8000_variables_and_no_more()
    {
        var user = await server.NewUser();
        var (group, _) = await Api.NewGroup(server, user);
        var project = await Api.NewProject(server, user, group, "app");
        await server.Database.Write(transaction => transaction.Execute("""
            insert into ci_variables (project_id, key, value, masked, protected, raw, is_file)
            with recursive n(i) as (select 1 union all select i + 1 from n where i < 7999) select @project, 'V' || n.i, @value, 0, 0, 0, 0 from n
            """, new { project, value = Array.Empty<byte>() }));
        await Api.Post(server, $"/projects/{project}/variables", user.Token, new { key = "LAST", value = "v" });
        var refused = await Api.Post(server, $"/projects/{project}/variables", user.Token, new { key = "MORE", value = "v" }, HttpStatusCode.BadRequest);
        Assert.Equal("cannot be added: a project has at most 8000 variables, delete one first", refused.GetProperty("message").GetProperty("key")[0].GetString());
    }

    private async Task<(string Names, string Total, string Next)> Page(string path, int page, string name, string token, int size = 2)
    {
        using var reply = await server.Send(HttpMethod.Get, $"/api/v4{path}?per_page={size}&page={page}", token: token);
        var list = JsonDocument.Parse(await reply.Content.ReadAsStringAsync(Cancel)).RootElement;
        Assert.True(reply.IsSuccessStatusCode, list.ToString());
        return (string.Join(' ', list.EnumerateArray().Select(item => item.GetProperty(name).ToString())), reply.Headers.GetValues("X-Total").Single(), reply.Headers.GetValues("X-Next-Page").Single());
    }
}
