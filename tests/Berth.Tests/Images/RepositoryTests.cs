using System.Net;
using System.Text.Json;
using Berth.Tests.Access;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Images;

/// <summary>GitLab's lists of a project's and a group's repositories, and one by its number.</summary>
public sealed class RepositoryTests(TestServer server)
{
    [Fact]
    public async Task Repositories_of_a_project_have_GitLab_s_fields()
    {
        var project = await ImageApi.NewProject(server);
        await (await project.Image("web")).PushImage("v1");
        var repository = Assert.Single((await Api.Get(server, project.Api, project.Owner.Token)).EnumerateArray());
        var (id, path) = (await project.Repository("web"), $"{project.Path}/web");
        Assert.Equal(["id", "name", "path", "project_id", "location", "created_at", "cleanup_policy_started_at", "status", "delete_api_path"], repository.EnumerateObject().Select(field => field.Name));
        Assert.Equal((id, "web", path, project.Id), (repository.GetProperty("id").GetInt64(), repository.GetProperty("name").GetString(), repository.GetProperty("path").GetString(), repository.GetProperty("project_id").GetInt64()));
        Assert.Equal($"{new Uri(server.Url).Authority}/{path}", repository.GetProperty("location").GetString());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", repository.GetProperty("created_at").GetString());
        Assert.Equal(JsonValueKind.Null, repository.GetProperty("status").ValueKind);
        Assert.Equal($"{server.Url}/api/v4{project.Api}/{id}", repository.GetProperty("delete_api_path").GetString());
    }

    [Fact]
    public async Task Tags_their_count_and_the_size_stand_there_if_asked_for()
    {
        var project = await ImageApi.NewProject(server);
        var image = await project.Image();
        var (_, json) = await image.PushImage("v1");
        (await image.PutManifest("v2", json)).Dispose();
        var id = await project.Repository();
        var listed = (await Api.Get(server, $"{project.Api}?tags=true&tags_count=True", project.Owner.Token))[0];
        Assert.Equal(("", 2), (listed.GetProperty("name").GetString(), listed.GetProperty("tags_count").GetInt64()));
        var one = await Api.Get(server, $"/registry/repositories/{id}?tags=1&tags_count=yes&size=true", project.Owner.Token);
        foreach (var tags in new[] { listed, one }.Select(repository => repository.GetProperty("tags")))
        {
            Assert.Equal(["v1", "v2"], Api.Texts(tags, "name"));
            Assert.Equal([$"{project.Path}:v1", $"{project.Path}:v2"], Api.Texts(tags, "path"));
            Assert.Equal($"{new Uri(server.Url).Authority}/{project.Path}:v1", tags[0].GetProperty("location").GetString());
        }
        Assert.Equal(1000 + json.Length + """{"architecture":"amd64","os":"linux","created":"2026-01-02T03:04:05Z"}""".Length, one.GetProperty("size").GetInt64());
        Assert.False((await Api.Get(server, $"/registry/repositories/{id}", project.Owner.Token)).TryGetProperty("size", out _));
    }

    [Fact]
    public async Task Repository_is_listed_from_its_first_manifest_on_and_stays_when_its_last_tag_goes()
    {
        var project = await ImageApi.NewProject(server);
        var image = await project.Image("web");
        await image.PushBlob([1, 2, 3]);
        Assert.Equal(0, (await Api.Get(server, project.Api, project.Owner.Token)).GetArrayLength());
        Assert.Equal(HttpStatusCode.NotFound, await ImageApi.Status(server, $"/registry/repositories/{await project.Repository("web")}", project.Owner.Token));
        await image.PushImage("v1");
        (await image.Delete("manifests/v1")).Dispose();
        Assert.Equal(0, (await Api.Get(server, $"{project.Api}?tags_count=true", project.Owner.Token))[0].GetProperty("tags_count").GetInt64());
    }

    [Fact]
    public async Task Repositories_come_by_pages_with_GitLab_s_headers()
    {
        var project = await ImageApi.NewProject(server);
        foreach (var name in new[] { "a", "b", "c" })
            await (await project.Image(name)).PushImage("v1");
        using var reply = await server.Send(HttpMethod.Get, $"/api/v4{project.Api}?per_page=2", token: project.Owner.Token);
        Assert.Equal(("3", "2", "2"), (reply.Headers.GetValues("X-Total").Single(), reply.Headers.GetValues("X-Total-Pages").Single(), reply.Headers.GetValues("X-Next-Page").Single()));
        Assert.Equal(["a", "b", "c"], ImageApi.Names(await ImageApi.All(server, $"{project.Api}?per_page=2", project.Owner.Token)));
        Assert.Equal(["a", "b", "c"], ImageApi.Names(await ImageApi.All(server, $"/groups/{project.Group}/registry/repositories?per_page=2", project.Owner.Token)));
    }

    [Theory]
    [InlineData(10, HttpStatusCode.Forbidden)]
    [InlineData(20, HttpStatusCode.OK)]
    public async Task Private_project_s_repositories_are_for_Reporters(int role, HttpStatusCode status)
    {
        var project = await ImageApi.NewProject(server);
        await (await project.Image()).PushImage("v1");
        var (member, id) = (await project.Member(role), await project.Repository());
        foreach (var path in new[] { project.Api, $"/registry/repositories/{id}", $"{project.Api}/{id}/tags", $"{project.Api}/{id}/tags/v1", $"{project.Api}/{id}/tags/v1/history" })
            Assert.Equal(status, await ImageApi.Status(server, path, member.Token));
        if (status == HttpStatusCode.OK)
            Assert.False((await Api.Get(server, project.Api, member.Token))[0].TryGetProperty("delete_api_path", out _));
    }

    /// <summary>As in GitLab: the routes of a project are for everyone, the one of a repository's number for those with an account.</summary>
    [Fact]
    public async Task Public_project_s_repositories_are_for_everyone_and_a_private_one_s_are_not_there()
    {
        var open = await ImageApi.NewProject(server, "public");
        var closed = await ImageApi.NewProject(server);
        foreach (var project in new[] { open, closed })
            await (await project.Image()).PushImage("v1");
        var (openId, closedId) = (await open.Repository(), await closed.Repository());
        foreach (var path in new[] { "", $"/{openId}/tags", $"/{openId}/tags/v1", $"/{openId}/tags/v1/history" })
            Assert.Equal(HttpStatusCode.OK, await ImageApi.Status(server, open.Api + path));
        foreach (var path in new[] { "", $"/{closedId}/tags", $"/{closedId}/tags/v1", $"/{openId}/tags" })
            Assert.Equal(HttpStatusCode.NotFound, await ImageApi.Status(server, closed.Api + path));
        Assert.Equal(HttpStatusCode.Unauthorized, await ImageApi.Status(server, $"/registry/repositories/{openId}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await ImageApi.Status(server, open.Api, "glpat-none"));
        var stranger = await server.NewUser();
        Assert.Equal(HttpStatusCode.OK, await ImageApi.Status(server, $"/registry/repositories/{openId}", stranger.Token));
        Assert.Equal(HttpStatusCode.NotFound, await ImageApi.Status(server, $"/registry/repositories/{closedId}", stranger.Token));
        Assert.Equal(HttpStatusCode.NotFound, await ImageApi.Status(server, "/registry/repositories/x", stranger.Token));
    }

    [Fact]
    public async Task Job_reads_its_own_project_s_repositories_by_JOB_TOKEN()
    {
        var (own, other) = (await ImageApi.NewProject(server), await ImageApi.NewProject(server));
        foreach (var project in new[] { own, other })
            await (await project.Image()).PushImage("v1");
        var secret = (await RunningJobs.Start(server, own.Id, own.Owner.Id)).Split(':')[1];
        Task<HttpStatusCode> Status(string path, string token) => ImageApi.Status(server, path, with: request => request.Headers.Add("JOB-TOKEN", token));
        Assert.Equal(HttpStatusCode.OK, await Status(own.Api, secret));
        Assert.Equal(HttpStatusCode.OK, await Status($"/registry/repositories/{await own.Repository()}", secret));
        Assert.Equal(HttpStatusCode.OK, await Status($"{own.Api}/{await own.Repository()}/tags/v1", secret));
        Assert.Equal(HttpStatusCode.NotFound, await Status(other.Api, secret));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(own.Api, "glcbt-none"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(own.Api, own.Owner.Token));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status($"/projects/{own.Id}", secret));
    }

    [Fact]
    public async Task Group_lists_what_the_caller_may_pull_below_it()
    {
        var owner = await server.NewUser();
        var (top, topPath) = await Api.NewGroup(server, owner, visibility: "public");
        var (sub, subPath) = await Api.NewGroup(server, owner, top);
        foreach (var (group, path, visibility) in new[] { (top, topPath, "public"), (sub, subPath, "private") })
        {
            await Api.NewProject(server, owner, group, "app", visibility);
            await (await RegistryClient.For(server, owner, $"{path}/app/web")).PushImage("v1");
        }
        async Task<List<string>> Paths(TestUser user, long group) => ImageApi.Names(await ImageApi.All(server, $"/groups/{group}/registry/repositories", user.Token), "path");
        Assert.Equal(new[] { $"{topPath}/app/web", $"{subPath}/app/web" }.Order(StringComparer.Ordinal), await Paths(owner, top));
        Assert.Equal([$"{subPath}/app/web"], await Paths(owner, sub));
        Assert.Equal([$"{topPath}/app/web"], await Paths(await server.NewUser(), top));
        Assert.Equal(HttpStatusCode.NotFound, await ImageApi.Status(server, $"/groups/{sub}/registry/repositories", (await server.NewUser()).Token));
    }
}
