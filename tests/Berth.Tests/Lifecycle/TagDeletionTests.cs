using System.Net;
using Berth.Tests.Access;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Lifecycle;

/// <summary>Who deletes tags and repositories by REST, and what stays.</summary>
public sealed class TagDeletionTests(TestServer server)
{
    [Fact]
    public async Task Delete_of_a_tag_takes_it_alone_and_leaves_an_event_by_which_it_is_kept_a_week()
    {
        var image = await TestImage.Push(server);
        await image.Tag("v1");
        await image.Delete("v1");
        Assert.Equal(["latest"], await image.Tags());
        Assert.Equal(image.Digest, await image.Resolve(image.Digest));
        await image.Delete("v1", HttpStatusCode.NotFound);
        await image.Delete("-no-tag", HttpStatusCode.NotFound);
        // What is escaped twice names no tag.
        await image.Delete("%256catest", HttpStatusCode.NotFound);
        var kept = Assert.Single((await image.Call(HttpMethod.Get, "/deleted_tags")).EnumerateArray());
        Assert.Equal(("v1", image.Digest, image.Owner.Name), (kept.GetProperty("name").GetString(), kept.GetProperty("digest").GetString(), kept.GetProperty("deleted_by").GetProperty("username").GetString()));
        Assert.Equal(TimeSpan.FromDays(7), kept.GetProperty("keep_until").GetDateTimeOffset() - kept.GetProperty("deleted_at").GetDateTimeOffset());
    }

    [Theory]
    // A Guest of a private project may not pull; a Reporter sees what hangs on a tag.
    [InlineData(10, "403 403 403 403 403 403 403")]
    [InlineData(20, "403 403 403 403 200 403 403")]
    [InlineData(30, "200 403 200 200 200 403 403")]
    [InlineData(40, "200 202 200 200 200 202 200")]
    [InlineData(50, "200 202 200 200 200 202 200")]
    public async Task Developers_delete_and_restore_tags_and_maintainers_repositories_and_by_rule(int role, string statuses)
    {
        var image = await TestImage.Push(server);
        await image.Tag("v1");
        var member = await server.NewUser();
        await Api.AddMember(server, image.Owner, $"projects/{image.Project}", member, role);
        var asked = new[]
        {
            (HttpMethod.Delete, "/tags/v1"), (HttpMethod.Delete, "/tags?name_regex_delete=none"), (HttpMethod.Get, "/deleted_tags"), (HttpMethod.Post, "/tags/v1/restore"),
            (HttpMethod.Get, "/tags/v1/relations"), (HttpMethod.Delete, ""), (HttpMethod.Post, "/restore"),
        };
        Assert.Equal(statuses, await Statuses(image, member.Token, asked));
        var stranger = await server.NewUser();
        Assert.Equal("404 404 404 404 404 404 404", await Statuses(image, stranger.Token, asked));
        Assert.Equal("401 401 401 401 401 401 401", await Statuses(image, "glpat-none", asked));
    }

    [Fact]
    public async Task What_is_of_another_project_is_not_there()
    {
        var image = await TestImage.Push(server);
        var other = await TestImage.Push(server);
        var path = $"/projects/{image.Project}/registry/repositories/{other.Repository}";
        foreach (var (method, below) in new[]
        {
            (HttpMethod.Delete, ""), (HttpMethod.Delete, "/tags/latest"), (HttpMethod.Delete, "/tags?name_regex=.*"), (HttpMethod.Get, "/deleted_tags"), (HttpMethod.Get, "/tag_deletion"),
            (HttpMethod.Post, "/tags/latest/restore"), (HttpMethod.Post, "/restore"), (HttpMethod.Get, "/tags/latest/relations"), (HttpMethod.Get, $"/manifests/{other.Digest}/relations"),
            (HttpMethod.Post, $"/manifests/{other.Digest}/restore"),
        })
            await Api.Call(server, method, path + below, image.Owner.Token, status: HttpStatusCode.NotFound);
        await Api.Call(server, HttpMethod.Post, path + "/deleted_tags/restore", image.Owner.Token, new { tags = new[] { "latest" } }, HttpStatusCode.NotFound);
        Assert.Equal(["latest"], await other.Tags());
    }

    [Fact]
    public async Task Job_deletes_in_its_own_project_as_far_as_its_user_may()
    {
        var image = await TestImage.Push(server);
        await image.Tag("v1", "v2", "v3");
        var (developer, reporter) = (await server.NewUser(), await server.NewUser());
        await Api.AddMember(server, image.Owner, $"projects/{image.Project}", developer, 30);
        await Api.AddMember(server, image.Owner, $"projects/{image.Project}", reporter, 20);
        var job = (await RunningJobs.Start(server, image.Project, developer.Id)).Split(':')[1];
        Assert.Equal(HttpStatusCode.OK, await Ask(image, HttpMethod.Delete, "/tags/v1", "JOB-TOKEN", job));
        Assert.Equal(HttpStatusCode.Forbidden, await Ask(image, HttpMethod.Delete, "", "JOB-TOKEN", job));
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(image, HttpMethod.Delete, "/tags/v2", "JOB-TOKEN", job + "x"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(image, HttpMethod.Delete, "/tags/v2", "JOB-TOKEN", developer.Token));
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(image, HttpMethod.Delete, "/tags/v2", "PRIVATE-TOKEN", job));
        var weak = (await RunningJobs.Start(server, image.Project, reporter.Id)).Split(':')[1];
        Assert.Equal(HttpStatusCode.Forbidden, await Ask(image, HttpMethod.Delete, "/tags/v2", "JOB-TOKEN", weak));
        var elsewhere = await TestImage.Push(server);
        await Api.AddMember(server, elsewhere.Owner, $"projects/{elsewhere.Project}", image.Owner, 40);
        var foreign = (await RunningJobs.Start(server, elsewhere.Project, image.Owner.Id)).Split(':')[1];
        Assert.Equal(HttpStatusCode.NotFound, await Ask(image, HttpMethod.Delete, "/tags/v2", "JOB-TOKEN", foreign));
        await Api.Post(server, $"/projects/{image.Project}/job_token_scope/allowlist", image.Owner.Token, new { target_project_id = elsewhere.Project });
        Assert.Equal(HttpStatusCode.NotFound, await Ask(image, HttpMethod.Get, "/tags/v2/relations", "JOB-TOKEN", foreign));
        Assert.Equal(["latest", "v2", "v3"], await image.Tags());
        var ended = Assert.Single((await image.Call(HttpMethod.Get, "/deleted_tags")).EnumerateArray());
        Assert.StartsWith("job:", ended.GetProperty("credential").GetString());
    }

    [Fact]
    public async Task Relations_tell_the_other_tags_the_indexes_and_what_is_attached()
    {
        var image = await TestImage.Push(server);
        await image.Tag("v1", "v2");
        using var index = await image.Client.PutManifest("multi", RegistryClient.Index((image.Digest, image.Json.Length)), RegistryClient.OciIndex);
        var config = await image.Client.PushBlob("{}"u8.ToArray());
        using var attached = await image.Client.PutManifest("sig", $$"""
            {"schemaVersion":2,"artifactType":"application/x-sig","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{{config}}","size":2},"layers":[],
             "subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{image.Digest}}","size":{{image.Json.Length}} } }
            """);
        Assert.Equal(HttpStatusCode.Created, attached.StatusCode);
        var found = await image.Call(HttpMethod.Get, "/tags/v1/relations?per_page=1");
        Assert.Equal(image.Digest, found.GetProperty("digest").GetString());
        Assert.Equal("""{"first":["latest"],"count":2,"more":false}""", found.GetProperty("tags").ToString());
        Assert.Equal(index.Headers.GetValues("Docker-Content-Digest").Single(), found.GetProperty("indexes").GetProperty("first")[0].GetString());
        Assert.Equal("application/x-sig", found.GetProperty("referrers").GetProperty("first")[0].GetProperty("artifact_type").GetString());
        var ofManifest = await image.Call(HttpMethod.Get, $"/manifests/{image.Digest}/relations");
        Assert.Equal(3, ofManifest.GetProperty("tags").GetProperty("count").GetInt32());
        await image.Call(HttpMethod.Get, "/tags/none/relations", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Delete_of_a_tag_while_it_is_pushed_ends_with_the_tag_or_without_it_and_never_with_a_broken_one()
    {
        var image = await TestImage.Push(server);
        for (var round = 0; round < 10; round++)
        {
            var push = image.Client.PutManifest("v1", image.Json);
            var delete = server.Send(HttpMethod.Delete, "/api/v4" + image.Path + "/tags/v1", token: image.Owner.Token);
            using var pushed = await push;
            using var deleted = await delete;
            Assert.Equal(HttpStatusCode.Created, pushed.StatusCode);
            Assert.Contains(deleted.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.NotFound });
            var events = await server.Query<long>("select action from tag_events where repository_id = @repository and tag = 'v1' order by id", new { repository = image.Repository });
            var there = await image.Resolve("v1") is not null;
            Assert.Equal(there, events.Count(action => action == 1) > events.Count(action => action == 3));
            if (there)
                await image.Delete("v1");
        }
    }

    private static async Task<string> Statuses(TestImage image, string token, (HttpMethod Method, string Path)[] asked)
    {
        var statuses = new List<int>();
        foreach (var (method, path) in asked)
            statuses.Add((int)await Ask(image, method, path, "PRIVATE-TOKEN", token));
        return string.Join(' ', statuses);
    }

    private static async Task<HttpStatusCode> Ask(TestImage image, HttpMethod method, string path, string header, string token)
    {
        using var reply = await image.Client.Send(method, "/api/v4" + image.Path + path, with: request =>
        {
            request.Headers.Remove("Authorization");
            request.Headers.TryAddWithoutValidation(header, token);
        });
        return reply.StatusCode;
    }
}
