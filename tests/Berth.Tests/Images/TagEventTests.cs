using System.Net;
using System.Text.Json;
using Berth.Tests.Access;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Images;

/// <summary>A tag's history and a project's events.</summary>
public sealed class TagEventTests(TestServer server)
{
    [Fact]
    public async Task History_says_which_digest_a_tag_had_when_and_by_whom()
    {
        var project = await ImageApi.NewProject(server);
        var image = await project.Image("web");
        var (first, json) = await image.PushImage("latest");
        (await image.PutManifest("latest", json)).Dispose();
        var (second, _) = await image.PushImage("latest");
        (await image.Delete("manifests/latest")).Dispose();
        var path = $"{project.Api}/{await project.Repository("web")}/tags/latest/history";
        var events = await ImageApi.All(server, $"{path}?per_page=2", project.Owner.Token);
        Assert.Equal([("deleted", null, second), ("moved", second, first), ("created", first, null)], events.Select(Change));
        Assert.All(events, one =>
        {
            Assert.Equal((project.Owner.Id, project.Owner.Name), (one.GetProperty("user").GetProperty("id").GetInt64(), one.GetProperty("user").GetProperty("username").GetString()));
            Assert.Equal((JsonValueKind.Null, JsonValueKind.Null, $"{project.Path}/web:latest"), (one.GetProperty("job").ValueKind, one.GetProperty("pipeline").ValueKind, one.GetProperty("path").GetString()));
        });
        Assert.Equal(HttpStatusCode.BadRequest, await ImageApi.Status(server, $"{path}?cursor=x", project.Owner.Token));
    }

    [Fact]
    public async Task Job_and_pipeline_that_pushed_stand_there_for_Reporters()
    {
        var project = await ImageApi.NewProject(server, "public");
        var job = await RunningJobs.Start(server, project.Id, project.Owner.Id);
        await new RegistryClient(server, project.Path, await server.RegistryToken(job, $"repository:{project.Path}:pull,push")).PushImage("v1");
        var path = $"{project.Api}/{await project.Repository()}/tags/v1/history";
        var seen = (await Api.Get(server, path, (await project.Member(20)).Token))[0];
        Assert.Equal("build", seen.GetProperty("job").GetProperty("name").GetString());
        Assert.Equal("main", seen.GetProperty("pipeline").GetProperty("ref").GetString());
        Assert.StartsWith($"{server.Url}/{project.Path}/-/jobs/", seen.GetProperty("job").GetProperty("web_url").GetString());
        var open = (await ImageApi.Page(server, path, token: null)).Page[0];
        Assert.Equal(("created", JsonValueKind.Null, JsonValueKind.Null), (open.GetProperty("action").GetString(), open.GetProperty("job").ValueKind, open.GetProperty("user").ValueKind));
    }

    [Fact]
    public async Task Events_of_a_project_are_those_of_all_its_repositories_newest_first()
    {
        var project = await ImageApi.NewProject(server);
        var (web, api) = (await project.Image("web"), await project.Image("api"));
        await web.PushImage("v1");
        var (digest, _) = await api.PushImage("v1");
        await web.PushImage("v2");
        (await api.Delete($"manifests/{digest}")).Dispose();
        var path = $"/projects/{project.Id}/registry/events";
        var events = await ImageApi.All(server, $"{path}?per_page=3", project.Owner.Token);
        Assert.Equal([("api:v1", "deleted_with_manifest"), ("web:v2", "created"), ("api:v1", "created"), ("web:v1", "created")],
            events.Select(one => (one.GetProperty("path").GetString()!.Split('/')[^1], one.GetProperty("action").GetString()!)));
        Assert.Equal(HttpStatusCode.Forbidden, await ImageApi.Status(server, path, (await project.Member(10)).Token));
        Assert.Equal(HttpStatusCode.NotFound, await ImageApi.Status(server, path, (await server.NewUser()).Token));
    }

    private static (string Action, string? Digest, string? Previous) Change(JsonElement one) =>
        (one.GetProperty("action").GetString()!, one.GetProperty("digest").GetString(), one.GetProperty("previous_digest").GetString());
}
