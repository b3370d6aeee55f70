using System.Net;
using System.Text.Json;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Images;

/// <summary>How much a project's and a group's images hold: now, shared, and by days.</summary>
public sealed class UsageTests(TestServer server)
{
    [Fact]
    public async Task Usage_of_a_project_names_its_repositories_what_they_share_and_its_days()
    {
        var project = await ImageApi.NewProject(server);
        var (web, api) = (await project.Image("web"), await project.Image("api"));
        var (_, json) = await web.PushImage("v1");
        var before = await Usage($"/projects/{project.Id}", project.Owner);
        var layer = JsonElement.Parse(json).GetProperty("layers")[0].GetProperty("digest").GetString()!;
        (await api.Send(HttpMethod.Post, $"blobs/uploads/?mount={layer}&from={web.Name}")).Dispose();
        var empty = await api.PushBlob("{}"u8.ToArray());
        var second = RegistryClient.Manifest((empty, 2), (layer, 1000));
        (await api.PutManifest("v1", second)).Dispose();
        var size = before.GetProperty("size").GetInt64() + 1000 + 2 + second.Length;
        // What is shared is added up a moment after.
        await Eventually.True(async () => (await Usage($"/projects/{project.Id}", project.Owner)).GetProperty("shared_size").GetInt64() == 1000);
        var after = await Usage($"/projects/{project.Id}", project.Owner);
        Assert.Equal(size, after.GetProperty("size").GetInt64());
        Assert.Equal(size, after.GetProperty("repositories").EnumerateArray().Sum(repository => repository.GetProperty("size").GetInt64()));
        Assert.Equal([$"{project.Path}/web", $"{project.Path}/api"], after.GetProperty("repositories").EnumerateArray().OrderByDescending(one => one.GetProperty("size").GetInt64()).Select(one => one.GetProperty("path").GetString()!));
        Assert.Equal([(0, 0), (0, 0), (size, size)], Days(after));
        var group = await Usage($"/groups/{project.Group}", project.Owner);
        Assert.Equal((size, 1000), (group.GetProperty("size").GetInt64(), group.GetProperty("shared_size").GetInt64()));
        Assert.Equal(project.Path, group.GetProperty("projects")[0].GetProperty("path_with_namespace").GetString());
        Assert.Equal([(0, 0), (0, 0), (size, size)], Days(group));
    }

    [Fact]
    public async Task What_came_on_earlier_days_stands_on_them()
    {
        var project = await ImageApi.NewProject(server);
        await (await project.Image()).PushImage("v1");
        var size = (await Usage($"/projects/{project.Id}", project.Owner)).GetProperty("size").GetInt64();
        await server.Database.Write(transaction => transaction.Execute("insert into usage_days (project_id, day, bytes) values (@Id, @day, 100)", new { project.Id, day = server.Clock.GetUtcNow().ToUnixTimeSeconds() / 86400 - 1 }));
        await server.Database.Write(transaction => transaction.Execute("update projects set image_size = image_size + 100 where id = @Id", new { project.Id }));
        Assert.Equal([(0, 0), (100, 100), (size + 100, size)], Days(await Usage($"/projects/{project.Id}", project.Owner)));
    }

    [Fact]
    public async Task Days_say_each_byte_once_while_it_is_added_up()
    {
        await using var own = await TestServer.StartOwn();
        var project = await ImageApi.NewProject(own);
        var repository = await project.Image();
        for (var round = 0; round < 60; round++)
        {
            await repository.PushBlob(BitConverter.GetBytes(round));
            own.Clock.AdvanceWithTimers(TimeSpan.FromSeconds(1));
            for (var look = 0; look < 5; look++)
            {
                foreach (var path in new[] { $"/projects/{project.Id}", $"/groups/{project.Group}" })
                {
                    var usage = await Api.Get(own, $"{path}/registry/usage?days=3", project.Owner.Token);
                    var size = usage.GetProperty("size").GetInt64();
                    Assert.Equal((size, size), (Days(usage)[^1].Size, Days(usage).Sum(day => day.Change)));
                }
            }
        }
    }

    [Fact]
    public async Task Usage_of_nothing_is_nothing_and_is_for_Reporters()
    {
        var project = await ImageApi.NewProject(server, "public");
        Assert.Equal((0, 0), (
            (await Usage($"/projects/{project.Id}", project.Owner)).GetProperty("size").GetInt64(),
            (await Usage($"/groups/{project.Group}", project.Owner)).GetProperty("shared_size").GetInt64()));
        var stranger = await server.NewUser();
        foreach (var path in new[] { $"/projects/{project.Id}/registry/usage", $"/groups/{project.Group}/registry/usage" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, await ImageApi.Status(server, path, stranger.Token));
            Assert.Equal(HttpStatusCode.Unauthorized, await ImageApi.Status(server, path));
            foreach (var days in new[] { "0", "367", "x", "-1" })
                Assert.Equal(HttpStatusCode.BadRequest, await ImageApi.Status(server, $"{path}?days={days}", project.Owner.Token));
        }
    }

    private Task<JsonElement> Usage(string of, TestUser user) => Api.Get(server, $"{of}/registry/usage?days=3", user.Token);

    private static List<(long Size, long Change)> Days(JsonElement usage) =>
        [.. usage.GetProperty("days").EnumerateArray().Select(day => (day.GetProperty("size").GetInt64(), day.GetProperty("change").GetInt64()))];
}
