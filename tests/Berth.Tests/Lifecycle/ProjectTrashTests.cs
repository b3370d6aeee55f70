using System.Net;
using Berth.Tests.Access;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Lifecycle;

/// <summary>Deleted projects are found by their number, listed to their Owners, and come back with all that was in them.</summary>
public sealed class ProjectTrashTests(TestServer server)
{
    [Fact]
    public async Task Deleted_project_is_listed_as_marked_and_comes_back_with_its_images()
    {
        var image = await TestImage.Push(server, "web");
        await Api.Delete(server, $"/projects/{image.Project}", image.Owner.Token, HttpStatusCode.Accepted);
        Assert.Null(await image.Resolve("latest"));
        var day = server.Clock.GetUtcNow().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        foreach (var filter in new[] { "active=false", $"marked_for_deletion_on={day}" })
        {
            var listed = Assert.Single((await Api.Get(server, "/projects?" + filter, image.Owner.Token)).EnumerateArray());
            Assert.Equal((image.Project, day, $"{image.Owner.Name}/app"), (listed.Id(), listed.GetProperty("marked_for_deletion_on").GetString(), listed.GetProperty("path_with_namespace").GetString()));
        }
        Assert.Empty((await Api.Get(server, "/projects?marked_for_deletion_on=2001-01-01", image.Owner.Token)).EnumerateArray());
        await Api.Get(server, "/projects?marked_for_deletion_on=someday", image.Owner.Token, HttpStatusCode.BadRequest);
        var restored = await Api.Post(server, $"/projects/{image.Project}/restore", image.Owner.Token, new { });
        Assert.Null(restored.GetProperty("marked_for_deletion_on").GetString());
        Assert.Equal(["latest"], await image.Tags());
        using (var catalog = await server.Send(HttpMethod.Get, "/v2/_catalog", basic: image.Owner.Basic))
            Assert.Contains(image.Client.Name, await catalog.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await Api.Post(server, $"/projects/{image.Project}/restore", image.Owner.Token, new { }, HttpStatusCode.NotFound);
        Assert.Empty((await Api.Get(server, "/projects?active=false", image.Owner.Token)).EnumerateArray());
        Assert.Contains("project.restore", Api.Texts(await Api.Get(server, $"/projects/{image.Project}/audit_events?per_page=1", image.Owner.Token), "event_name"));
    }

    [Fact]
    public async Task Path_that_was_given_away_is_named_and_another_one_takes_the_project()
    {
        var image = await TestImage.Push(server);
        await Api.Delete(server, $"/projects/{image.Project}", image.Owner.Token, HttpStatusCode.Accepted);
        var (digest, _) = await image.Client.PushImage("latest");
        var refused = await Api.Post(server, $"/projects/{image.Project}/restore", image.Owner.Token, new { }, HttpStatusCode.Conflict);
        Assert.StartsWith($"'{image.Owner.Name}/app' has been given to another project", refused.Message());
        await Api.Post(server, $"/projects/{image.Project}/restore", image.Owner.Token, new { path = "-" }, HttpStatusCode.BadRequest);
        var restored = await Api.Post(server, $"/projects/{image.Project}/restore", image.Owner.Token, new { path = "App-2" });
        Assert.Equal($"{image.Owner.Name}/App-2", restored.GetProperty("path_with_namespace").GetString());
        var other = await RegistryClient.For(server, image.Owner, $"{image.Owner.Name}/app-2");
        using var old = await other.Head("manifests/latest");
        Assert.Equal(image.Digest, old.Headers.GetValues("Docker-Content-Digest").Single());
        Assert.Equal(digest, await image.Resolve("latest"));
    }

    [Fact]
    public async Task Owners_alone_restore_and_to_others_a_deleted_project_is_none()
    {
        var owner = await server.NewUser();
        var (group, path) = await Api.NewGroup(server, owner);
        var project = await Api.NewProject(server, owner, group, "app");
        var (maintainer, second, stranger) = (await server.NewUser(), await server.NewUser(), await server.NewUser());
        await Api.AddMember(server, owner, $"groups/{group}", maintainer, 40);
        await Api.AddMember(server, owner, $"projects/{project}", second, 50);
        await Api.Post(server, $"/projects/{project}/restore", owner.Token, new { }, HttpStatusCode.NotFound);
        await Api.Delete(server, $"/projects/{project}", owner.Token, HttpStatusCode.Accepted);
        await Api.Post(server, $"/projects/{project}/restore", maintainer.Token, new { }, HttpStatusCode.Forbidden);
        await Api.Post(server, $"/projects/{project}/restore", stranger.Token, new { }, HttpStatusCode.NotFound);
        Assert.Empty((await Api.Get(server, "/projects?active=false", maintainer.Token)).EnumerateArray());
        Assert.Empty((await Api.Get(server, "/projects?active=false", stranger.Token)).EnumerateArray());
        Assert.Equal([project], (await Api.Get(server, "/projects?active=false", second.Token)).EnumerateArray().Select(listed => listed.Id()));
        Assert.Contains(project, (await Api.Get(server, "/projects?active=false&per_page=100", TestServer.RootToken)).EnumerateArray().Select(listed => listed.Id()));
        await Api.Post(server, $"/projects/{project}/restore", second.Token, new { });
        await Api.Get(server, $"/projects/{Uri.EscapeDataString(path + "/app")}", maintainer.Token);
    }

    [Fact]
    public async Task Project_comes_back_no_more_open_than_its_group_has_become()
    {
        var owner = await server.NewUser();
        var (group, _) = await Api.NewGroup(server, owner, visibility: "public");
        var project = await Api.NewProject(server, owner, group, "app", "public");
        await Api.Delete(server, $"/projects/{project}", owner.Token, HttpStatusCode.Accepted);
        await Api.Put(server, $"/groups/{group}", owner.Token, new { visibility = "private" });
        var restored = await Api.Post(server, $"/projects/{project}/restore", owner.Token, new { });
        Assert.Equal("private", restored.GetProperty("visibility").GetString());
    }

    [Fact]
    public async Task Project_is_no_more_after_it_was_kept()
    {
        await using var own = await TestServer.StartOwn();
        var image = await TestImage.Push(own);
        await Api.Delete(own, $"/projects/{image.Project}", image.Owner.Token, HttpStatusCode.Accepted);
        own.Clock.Advance(TimeSpan.FromDays(7.1));
        Assert.Empty((await Api.Get(own, "/projects?active=false", image.Owner.Token)).EnumerateArray());
        await Api.Post(own, $"/projects/{image.Project}/restore", image.Owner.Token, new { }, HttpStatusCode.NotFound);
    }
}
