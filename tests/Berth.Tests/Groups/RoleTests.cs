using System.Net;
using Berth.Tests.Harness;
using Berth.Tests.Moves;

namespace Berth.Tests.Groups;

/// <summary>What members may, from which membership it comes, and when it ends.</summary>
public sealed class RoleTests(TestServer server)
{

    [Fact]
    public async Task Of_memberships_in_a_project_and_in_all_groups_above_the_highest_counts()
    {
        var (owner, user) = (await server.NewUser(), await server.NewUser());
        var (top, _) = await Api.NewGroup(server, owner);
        var (middle, _) = await Api.NewGroup(server, owner, top);
        var (low, path) = await Api.NewGroup(server, owner, middle);
        var project = await Api.NewProject(server, owner, low, "app");
        var image = $"{path}/app";
        await (await RegistryClient.For(server, owner, image)).PushImage("latest");
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), await PullAndPush(user, image));
        await Api.AddMember(server, owner, $"projects/{project}", user, 10);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), await PullAndPush(user, image));
        await Api.AddMember(server, owner, $"groups/{top}", user, 20);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), await PullAndPush(user, image));
        await Api.AddMember(server, owner, $"groups/{middle}", user, 30);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Accepted), await PullAndPush(user, image));
        var all = await Api.Get(server, $"/projects/{project}/members/all/{user.Id}", owner.Token);
        Assert.Equal(30, all.GetProperty("access_level").GetInt32());
        Assert.Equal(10, (await Api.Get(server, $"/projects/{project}/members/{user.Id}", owner.Token)).GetProperty("access_level").GetInt32());
        await Api.Delete(server, $"/groups/{middle}/members/{user.Id}", owner.Token, HttpStatusCode.NoContent);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), await PullAndPush(user, image));
    }

    [Fact]
    public async Task A_role_in_a_group_says_nothing_of_the_groups_beside_and_above()
    {
        var (owner, user) = (await server.NewUser(), await server.NewUser());
        var (top, topPath) = await Api.NewGroup(server, owner);
        var (one, _) = await Api.NewGroup(server, owner, top, path: "one");
        await Api.NewGroup(server, owner, top, path: "one-more");
        foreach (var path in new[] { $"{topPath}/app", $"{topPath}/one-more/app", $"{topPath}/one/app" })
        {
            var place = await Api.Get(server, $"/groups/{Uri.EscapeDataString(path[..^4])}", owner.Token);
            await Api.NewProject(server, owner, place.GetProperty("id").GetInt64(), "app");
            await (await RegistryClient.For(server, owner, path)).PushImage("latest");
        }
        await Api.AddMember(server, owner, $"groups/{one}", user, 50);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Accepted), await PullAndPush(user, $"{topPath}/one/app"));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), await PullAndPush(user, $"{topPath}/app"));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), await PullAndPush(user, $"{topPath}/one-more/app"));
        Assert.Equal([$"{topPath}/one/app"], await Place.Catalog(server, user, topPath));
        Assert.Equal([$"{topPath}/one/app"], Api.Texts(await Api.Get(server, "/projects?membership=true", user.Token), "path_with_namespace"));
    }

    [Fact]
    public async Task A_membership_that_expires_ends_by_itself_in_registry_and_API()
    {
        await using var own = await TestServer.StartOwn();
        var (owner, user) = (await own.NewUser(), await own.NewUser());
        var (group, path) = await Api.NewGroup(own, owner);
        var project = await Api.NewProject(own, owner, group, "app");
        await (await RegistryClient.For(own, owner, $"{path}/app")).PushImage("latest");
        var tomorrow = DateOnly.FromDateTime(own.Clock.GetUtcNow().UtcDateTime).AddDays(1);
        await Api.AddMember(own, owner, $"groups/{group}", user, 30, tomorrow.ToString("yyyy-MM-dd"));
        await Api.AddMember(own, owner, $"projects/{project}", user, 20, tomorrow.AddDays(1).ToString("yyyy-MM-dd"));
        async Task<HttpStatusCode> Push()
        {
            using var reply = await own.Send(HttpMethod.Post, $"/v2/{path}/app/blobs/uploads/", basic: user.Basic);
            return reply.StatusCode;
        }
        async Task<HttpStatusCode> Pull()
        {
            using var reply = await own.Send(HttpMethod.Get, $"/v2/{path}/app/manifests/latest", basic: user.Basic);
            return reply.StatusCode;
        }
        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.OK), (await Push(), await Pull()));
        own.Clock.Advance(tomorrow.ToDateTime(TimeOnly.MinValue) - own.Clock.GetUtcNow().UtcDateTime + TimeSpan.FromSeconds(1));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await Push(), await Pull()));
        await Api.Get(own, $"/groups/{group}", user.Token, HttpStatusCode.NotFound);
        await Api.Get(own, $"/projects/{project}", user.Token);
        own.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (await Push(), await Pull()));
        await Api.Get(own, $"/projects/{project}", user.Token, HttpStatusCode.NotFound);
        Assert.Empty((await Api.Get(own, $"/projects/{project}/members", owner.Token)).EnumerateArray());
        // What has expired can be given anew.
        await Api.AddMember(own, owner, $"projects/{project}", user, 20);
        Assert.Equal(HttpStatusCode.OK, await Pull());
    }

    [Fact]
    public async Task Who_is_removed_is_out_at_the_next_request_though_the_registry_token_lives_on()
    {
        var (owner, user) = (await server.NewUser(), await server.NewUser());
        var (group, path) = await Api.NewGroup(server, owner);
        var project = await Api.NewProject(server, owner, group, "app");
        await (await RegistryClient.For(server, owner, $"{path}/app")).PushImage("latest");
        await Api.AddMember(server, owner, $"groups/{group}", user, 30);
        var client = await RegistryClient.For(server, user, $"{path}/app");
        var location = await client.StartUpload();
        using (var pull = await client.Get("manifests/latest"))
            Assert.Equal(HttpStatusCode.OK, pull.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await Git(user, $"{path}/app"));
        await Api.Get(server, $"/projects/{project}", user.Token);
        await Api.Delete(server, $"/groups/{group}/members/{user.Id}", owner.Token, HttpStatusCode.NoContent);
        using (var pull = await client.Get("manifests/latest"))
            Assert.Equal(HttpStatusCode.Unauthorized, pull.StatusCode);
        using (var patch = await client.Patch(location, [1, 2, 3]))
            Assert.Equal(HttpStatusCode.Unauthorized, patch.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await Git(user, $"{path}/app"));
        await Api.Get(server, $"/projects/{project}", user.Token, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(false, 50, HttpStatusCode.Unauthorized)]
    [InlineData(true, 20, HttpStatusCode.Unauthorized)]
    [InlineData(true, 30, HttpStatusCode.Accepted)]
    public async Task A_push_makes_a_project_in_a_group_only_where_the_group_lets_it_and_for_developers(bool setting, int level, HttpStatusCode status)
    {
        var (owner, user) = (await server.NewUser(), await server.NewUser());
        var (top, _) = await Api.NewGroup(server, owner);
        var (group, path) = await Api.NewGroup(server, owner, top, pushCreates: setting);
        await Api.AddMember(server, owner, $"groups/{top}", user, level);
        var (_, push) = await PullAndPush(user, $"{path}/app/web");
        Assert.Equal(status, push);
        var projects = Api.Texts(await Api.Get(server, $"/groups/{group}/projects", owner.Token), "path_with_namespace");
        Assert.Equal(status == HttpStatusCode.Accepted ? [$"{path}/app"] : [], projects);
        var git = await Git(user, $"{path}/Code", "git-receive-pack");
        Assert.Equal(status == HttpStatusCode.Accepted ? HttpStatusCode.OK : HttpStatusCode.Forbidden, git);
    }

    [Fact]
    public async Task A_push_to_a_group_that_lets_none_make_projects_says_what_to_do()
    {
        var (owner, stranger) = (await server.NewUser(), await server.NewUser());
        var (_, path) = await Api.NewGroup(server, owner);
        using var told = await server.Send(HttpMethod.Post, $"/v2/{path}/app/blobs/uploads/", basic: owner.Basic);
        Assert.Contains($"pushing makes no projects in group '{path}'", await RegistryClient.Refusal(told, HttpStatusCode.Unauthorized), StringComparison.Ordinal);
        using var hidden = await server.Send(HttpMethod.Post, $"/v2/{path}/app/blobs/uploads/", basic: stranger.Basic);
        using var missing = await server.Send(HttpMethod.Post, $"/v2/no-{path[1..]}/app/blobs/uploads/", basic: stranger.Basic);
        Assert.Equal(
            (await RegistryClient.Refusal(missing, HttpStatusCode.Unauthorized)).Replace($"no-{path[1..]}", path, StringComparison.Ordinal),
            await RegistryClient.Refusal(hidden, HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task A_deleted_project_is_gone_for_everyone_and_its_path_is_free()
    {
        var owner = await server.NewUser();
        var client = await RegistryClient.For(server, owner, $"{owner.Name}/hello");
        await client.PushImage("latest");
        var id = (await Api.Get(server, $"/projects/{owner.Name}%2Fhello", owner.Token)).GetProperty("id").GetInt64();
        await Api.Delete(server, $"/projects/{id}", owner.Token, HttpStatusCode.Accepted);
        await Api.Get(server, $"/projects/{id}", owner.Token, HttpStatusCode.NotFound);
        await Api.Delete(server, $"/projects/{id}", owner.Token, HttpStatusCode.NotFound);
        using (var pull = await client.Get("manifests/latest"))
            Assert.NotEqual(HttpStatusCode.OK, pull.StatusCode);
        Assert.Empty(await Place.Catalog(server, owner, owner.Name));
        var again = await RegistryClient.For(server, owner, $"{owner.Name}/hello");
        await again.StartUpload();
        using (var tags = await again.Get("manifests/latest"))
            Assert.Equal(HttpStatusCode.NotFound, tags.StatusCode);
        Assert.NotEqual(id, (await Api.Get(server, $"/projects/{owner.Name}%2Fhello", owner.Token)).GetProperty("id").GetInt64());
        Assert.Single(await server.Query<long>("select 1 from repositories r join tags t on t.repository_id = r.id where r.project_id = @id", new { id }));
    }

    private async Task<(HttpStatusCode Pull, HttpStatusCode Push)> PullAndPush(TestUser user, string image)
    {
        using var pull = await server.Send(HttpMethod.Get, $"/v2/{image}/manifests/latest", basic: user.Basic);
        using var push = await server.Send(HttpMethod.Post, $"/v2/{image}/blobs/uploads/", basic: user.Basic);
        return (pull.StatusCode, push.StatusCode);
    }

    private async Task<HttpStatusCode> Git(TestUser user, string path, string service = "git-upload-pack")
    {
        using var reply = await server.Send(HttpMethod.Get, $"/{path}.git/info/refs?service={service}", basic: $"{user.Name}:{user.Password}");
        return reply.StatusCode;
    }
}
