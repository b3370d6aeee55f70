using System.Net;
using System.Text.Json;
using Berth.Tests.Harness;

namespace Berth.Tests.Access;

/// <summary>Access tokens and deploy tokens of groups: for what is below the group, and nowhere else.</summary>
public sealed class GroupTokenTests(TestServer server)
{
    [Fact]
    public async Task Deploy_token_of_a_group_serves_its_projects_and_subgroups_and_nothing_else()
    {
        var owner = await server.NewUser();
        var group = await Group(owner);
        var inside = await Project(owner, group);
        var below = await Project(owner, await Group(owner, group));
        var beside = await Project(owner, await Group(owner, path: group.GetProperty("path").GetString() + "x"));
        var made = await Tokens.Post(server, $"groups/{group.Id()}/deploy_tokens", owner.Token, new { name = "d", scopes = new[] { "read_registry", "read_repository" } });
        var basic = $"{made.GetProperty("username").GetString()}:{made.Secret()}";
        Assert.Equal("pull", await Tokens.Granted(server, basic, inside));
        Assert.Equal("pull", await Tokens.Granted(server, basic, below));
        Assert.Equal("", await Tokens.Granted(server, basic, beside));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), await Tokens.Git(server, basic, below));
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), await Tokens.Git(server, basic, beside));
        using (var refused = await server.Send(HttpMethod.Get, $"/v2/{beside}/manifests/latest", basic: basic))
            Assert.Contains("is not in the group that this deploy token is for", await RegistryClient.Refusal(refused, HttpStatusCode.Unauthorized), StringComparison.Ordinal);
        using (var catalog = await server.Send(HttpMethod.Get, "/v2/_catalog?n=1000", basic: basic))
        {
            var names = JsonSerializer.Deserialize<JsonElement>(await catalog.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("repositories").EnumerateArray().Select(name => name.GetString()).ToList();
            Assert.Contains(inside, names);
            Assert.Contains(below, names);
            Assert.DoesNotContain(beside, names);
        }
        await Tokens.Delete(server, $"groups/{group.Id()}/deploy_tokens/{made.Id()}", owner.Token);
        Assert.Equal(HttpStatusCode.Unauthorized, await Tokens.Login(server, basic));
    }

    [Fact]
    public async Task Access_token_of_a_group_acts_in_it_and_below_by_its_bot()
    {
        var owner = await server.NewUser();
        var group = await Group(owner);
        var below = await Project(owner, await Group(owner, group));
        var beside = await Project(owner, await Group(owner));
        var path = $"groups/{group.Id()}/access_tokens";
        var made = await Tokens.Post(server, path, owner.Token, new { name = "ci", scopes = new[] { "api", "self_rotate" }, access_level = 30 });
        Assert.Equal(("group", group.Id()), (made.GetProperty("resource_type").GetString(), made.GetProperty("resource_id").GetInt64()));
        Assert.Equal("pull,push", await Tokens.Granted(server, "x:" + made.Secret(), below));
        Assert.Equal("", await Tokens.Granted(server, "x:" + made.Secret(), beside));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), await Tokens.Git(server, "x:" + made.Secret(), below));
        Assert.StartsWith($"group_{group.Id()}_bot_", (await Tokens.Get(server, "user", made.Secret())).GetProperty("username").GetString(), StringComparison.Ordinal);
        Assert.Equal([made.Id()], (await Tokens.Get(server, path, owner.Token)).EnumerateArray().Select(token => token.Id()));
        var next = await Tokens.Post(server, path + "/self/rotate", made.Secret(), new { }, HttpStatusCode.OK);
        Assert.Equal("pull,push", await Tokens.Granted(server, "x:" + next.Secret(), below));
        await Tokens.Delete(server, $"{path}/{next.Id()}", owner.Token);
        Assert.Equal(HttpStatusCode.Unauthorized, await Tokens.Login(server, "x:" + next.Secret()));
    }

    [Fact]
    public async Task Tokens_of_a_group_are_its_owners_business()
    {
        var owner = await server.NewUser();
        var group = await Group(owner);
        var maintainer = await server.NewUser();
        await Tokens.Post(server, $"groups/{group.Id()}/members", owner.Token, new { user_id = maintainer.Id, access_level = 40 });
        foreach (var path in new[] { $"groups/{group.Id()}/access_tokens", $"groups/{group.Id()}/deploy_tokens" })
        {
            Assert.Contains("needs at least the role Owner", (await Tokens.Get(server, path, maintainer.Token, HttpStatusCode.Forbidden)).Message(), StringComparison.Ordinal);
            await Tokens.Get(server, path, (await server.NewUser()).Token, HttpStatusCode.NotFound);
            await Tokens.Get(server, path + "/999999", owner.Token, HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task Blocked_users_token_ends_and_the_bot_that_they_made_goes_on()
    {
        await using var own = await TestServer.StartOwn();
        var (owner, path, id) = await Tokens.Project(own);
        var made = await Tokens.Post(own, $"projects/{id}/access_tokens", owner.Token, new { name = "ci", scopes = new[] { "read_registry" }, access_level = 20 });
        await own.Database.Write(transaction => transaction.Execute("update users set state = 2 where id = @Id", owner));
        Assert.Equal(HttpStatusCode.Unauthorized, await Tokens.Login(own, owner.Basic));
        Assert.Equal("pull", await Tokens.Granted(own, "x:" + made.Secret(), path));
    }

    private Task<JsonElement> Group(TestUser owner, JsonElement? parent = null, string? path = null)
    {
        path ??= $"g{Guid.NewGuid():N}"[..12];
        return Tokens.Post(server, "groups", owner.Token, new { name = path, path, visibility = "private", parent_id = parent?.Id() });
    }

    /// <summary>A project of a group, with an image at its root; its path.</summary>
    private async Task<string> Project(TestUser owner, JsonElement group)
    {
        var made = await Tokens.Post(server, "projects", owner.Token, new { name = "app", path = "app", namespace_id = group.Id(), visibility = "private" });
        var path = made.GetProperty("path_with_namespace").GetString()!;
        await (await RegistryClient.For(server, owner, path)).PushImage("latest");
        return path;
    }
}
