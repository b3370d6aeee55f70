using System.Net;
using Berth.Tests.Access;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Lifecycle;

/// <summary>Repositories go and come back whole; a push to the name of a deleted one makes another.</summary>
public sealed class RepositoryTrashTests(TestServer server)
{
    [Fact]
    public async Task Deleted_repository_is_gone_at_once_and_comes_back_whole()
    {
        var image = await TestImage.Push(server, "web");
        await image.Tag("v1");
        await image.Call(HttpMethod.Delete, "", HttpStatusCode.Accepted);
        Assert.Null(await image.Resolve("latest"));
        using (var catalog = await server.Send(HttpMethod.Get, "/v2/_catalog", basic: image.Owner.Basic))
            Assert.DoesNotContain(image.Client.Name, await catalog.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await image.Call(HttpMethod.Delete, "", HttpStatusCode.NotFound);
        await image.Delete("v1", HttpStatusCode.NotFound);
        var listed = Assert.Single((await Api.Get(server, $"/projects/{image.Project}/registry/deleted_repositories", image.Owner.Token)).EnumerateArray());
        Assert.Equal((image.Repository, "web", image.Client.Name), (listed.Id(), listed.GetProperty("name").GetString(), listed.GetProperty("path").GetString()));
        await image.Call(HttpMethod.Post, "/restore");
        Assert.Equal(["latest", "v1"], await image.Tags());
        using (var catalog = await server.Send(HttpMethod.Get, "/v2/_catalog", basic: image.Owner.Basic))
            Assert.Contains(image.Client.Name, await catalog.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await image.Call(HttpMethod.Post, "/restore", HttpStatusCode.NotFound);
        Assert.Equal(["repository.restore", "repository.delete"],
            Api.Texts(await Api.Get(server, $"/projects/{image.Project}/audit_events?per_page=2", image.Owner.Token), "event_name"));
    }

    [Fact]
    public async Task Push_to_the_name_of_a_deleted_one_works_at_once_and_brings_nothing_back()
    {
        var image = await TestImage.Push(server);
        await image.Tag("old");
        await image.Call(HttpMethod.Delete, "", HttpStatusCode.Accepted);
        var (digest, _) = await image.Client.PushImage("latest");
        Assert.Equal(["latest"], await image.Tags());
        Assert.Null(await image.Resolve(image.Digest));
        var refused = await image.Call(HttpMethod.Post, "/restore", HttpStatusCode.Conflict);
        Assert.StartsWith($"'{image.Client.Name}' was pushed anew since and is repository ", refused.Message());
        await image.Call(HttpMethod.Post, "/restore", HttpStatusCode.BadRequest, new { name = "A" });
        await image.Call(HttpMethod.Post, "/restore", HttpStatusCode.BadRequest, new { name = "a/b/c" });
        var restored = await image.Call(HttpMethod.Post, "/restore", body: new { name = "before" });
        Assert.Equal($"{image.Client.Name}/before", restored.GetProperty("path").GetString());
        var before = await RegistryClient.For(server, image.Owner, $"{image.Client.Name}/before");
        using var old = await before.Head("manifests/old");
        Assert.Equal(image.Digest, old.Headers.GetValues("Docker-Content-Digest").Single());
        Assert.Equal(digest, await image.Resolve("latest"));
    }

    [Fact]
    public async Task Push_that_came_to_nothing_does_not_stand_in_the_way_of_a_restore_but_one_under_way_does()
    {
        var image = await TestImage.Push(server);
        await image.Call(HttpMethod.Delete, "", HttpStatusCode.Accepted);
        var upload = await image.Client.StartUpload();
        await image.Call(HttpMethod.Post, "/restore", HttpStatusCode.Conflict);
        using var cancelled = await image.Client.Delete(upload);
        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
        await image.Call(HttpMethod.Post, "/restore");
        Assert.Equal(["latest"], await image.Tags());
    }

    [Fact]
    public async Task Push_under_way_into_a_repository_that_is_deleted_is_refused_and_nothing_of_it_shows()
    {
        var image = await TestImage.Push(server);
        for (var round = 0; round < 10; round++)
        {
            var repository = (await server.Query<long>("select id from repositories where project_id = @project and deleted_at is null", new { project = image.Project })).Single();
            var json = await image.Client.ImageManifest();
            var delete = server.Send(HttpMethod.Delete, $"/api/v4/projects/{image.Project}/registry/repositories/{repository}", token: image.Owner.Token);
            using var pushed = await image.Client.PutManifest("v1", json);
            using var deleted = await delete;
            Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
            // Before the delete it is taken, after it the repository is another one without the blobs, or none.
            Assert.Contains(pushed.StatusCode, new[] { HttpStatusCode.Created, HttpStatusCode.BadRequest, HttpStatusCode.NotFound });
            Assert.Null(await image.Resolve("v1"));
            await image.Client.PushImage("latest");
            Assert.Equal(["latest"], await image.Tags());
        }
    }

    [Fact]
    public async Task Repository_is_kept_as_long_as_the_project_says()
    {
        await using var own = await TestServer.StartOwn();
        var image = await TestImage.Push(own);
        await own.Database.Write(transaction => transaction.Execute("update projects set trash_days = 1 where id = @project", new { project = image.Project }));
        await image.Call(HttpMethod.Delete, "", HttpStatusCode.Accepted);
        own.Clock.Advance(TimeSpan.FromDays(1.1));
        Assert.Empty((await Api.Get(own, $"/projects/{image.Project}/registry/deleted_repositories", image.Owner.Token)).EnumerateArray());
        await image.Call(HttpMethod.Post, "/restore", HttpStatusCode.NotFound);
    }
}
