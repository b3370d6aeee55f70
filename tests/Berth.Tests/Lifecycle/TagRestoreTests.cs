using System.Net;
using System.Text.Json;
using Berth.Tests.Access;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Lifecycle;

/// <summary>Tags and manifests come back by REST, with all they need, as long as they are kept.</summary>
public sealed class TagRestoreTests(TestServer server)
{
    [Fact]
    public async Task Restored_tag_is_what_it_was_with_its_time_and_an_event()
    {
        var image = await TestImage.Push(server);
        await image.TagOld(("v1", 100));
        await image.Delete("v1");
        var restored = await image.Restore("v1");
        Assert.Equal(image.Digest, restored.GetProperty("digest").GetString());
        Assert.Equal(image.Digest, await image.Resolve("v1"));
        Assert.Empty(await image.DeletedTags());
        var published = Assert.Single(await server.Query<long>("select published_at from tags where repository_id = @repository and name = 'v1'", new { repository = image.Repository }));
        Assert.True(DateTimeOffset.FromUnixTimeMilliseconds(published / 1000) < server.Clock.GetUtcNow().AddHours(-99));
        Assert.Equal([3L, 5L], await server.Query<long>("select action from tag_events where repository_id = @repository and tag = 'v1' order by id", new { repository = image.Repository }));
        // Again is no error: it is what was wanted.
        await image.Restore("v1");
        await image.Restore("never", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Restore_over_another_tag_needs_force_and_can_be_undone_by_the_event()
    {
        var image = await TestImage.Push(server);
        await image.Tag("v1");
        await image.Delete("v1");
        var (other, _) = await image.Client.PushImage("v1");
        var refused = await image.Restore("v1", HttpStatusCode.Conflict);
        Assert.Contains(other, refused.Message());
        Assert.Equal(other, await image.Resolve("v1"));
        await image.Restore("v1", body: new { force = true });
        Assert.Equal(image.Digest, await image.Resolve("v1"));
        var moved = (await server.Query<long>("select max(id) from tag_events where repository_id = @repository and tag = 'v1'", new { repository = image.Repository })).Single();
        await image.Restore("v1", body: new { event_id = moved, force = true });
        Assert.Equal(other, await image.Resolve("v1"));
        await image.Restore("v1", HttpStatusCode.NotFound, new { event_id = moved + 1_000_000 });
        await image.Restore("latest", HttpStatusCode.NotFound, new { event_id = moved });
    }

    [Fact]
    public async Task Manifest_deleted_by_its_digest_comes_back_with_its_children_and_tags()
    {
        var image = await TestImage.Push(server);
        var index = RegistryClient.Index((image.Digest, image.Json.Length));
        using var put = await image.Client.PutManifest("multi", index, RegistryClient.OciIndex);
        using var second = await image.Client.PutManifest("multi-2", index, RegistryClient.OciIndex);
        var digest = put.Headers.GetValues("Docker-Content-Digest").Single();
        using var deleted = await image.Client.Delete($"manifests/{digest}");
        using var child = await image.Client.Delete($"manifests/{image.Digest}");
        foreach (var blob in JsonDocument.Parse(image.Json).RootElement.GetProperty("layers").EnumerateArray().Select(layer => layer.GetProperty("digest").GetString()))
        {
            using var gone = await image.Client.Delete($"blobs/{blob}");
            Assert.Equal(HttpStatusCode.Accepted, gone.StatusCode);
        }
        Assert.Equal(["latest", "multi", "multi-2"], (await image.DeletedTags()).Order());
        await image.Restore("multi");
        Assert.Equal(digest, await image.Resolve("multi"));
        await PullsWhole(image, image.Digest);
        // Its child lives by it, without the tag that ended on its own.
        Assert.Equal(["multi"], await image.Tags());
        using var again = await image.Client.Delete($"manifests/{digest}");
        var restored = await image.Call(HttpMethod.Post, $"/manifests/{digest}/restore");
        Assert.Equal(["multi"], Api.Texts(restored.GetProperty("restored"), "name"));
        await image.Call(HttpMethod.Post, $"/manifests/{digest}/restore", HttpStatusCode.NotFound);
        await image.Restore("multi-2");
        await image.Restore("latest");
        Assert.Equal(["latest", "multi", "multi-2"], await image.Tags());
    }

    [Fact]
    public async Task Tags_of_a_manifest_with_thousands_come_back_in_one_call_each_a_thousand()
    {
        var image = await TestImage.Push(server);
        await image.TagOld([.. Enumerable.Range(1, 1200).Select(i => ($"v{i:D4}", i))]);
        using var deleted = await image.Client.Delete($"manifests/{image.Digest}");
        await image.Restore("v1200");
        var deletion = (await image.Call(HttpMethod.Get, "/deleted_tags?per_page=1"))[0].GetProperty("deletion_id").GetInt64();
        var first = await image.Call(HttpMethod.Post, "/deleted_tags/restore", body: new { deletion_id = deletion });
        Assert.Equal("v0999", first.GetProperty("next_after").GetString());
        var rest = await image.Call(HttpMethod.Post, "/deleted_tags/restore", body: new { deletion_id = deletion, after = "v0999" });
        Assert.Equal(JsonValueKind.Null, rest.GetProperty("next_after").ValueKind);
        Assert.Equal(1201, (await image.Tags()).Count);
        Assert.Empty(await image.DeletedTags());
    }

    [Fact]
    public async Task Named_tags_come_back_and_of_the_others_it_is_said_why_not()
    {
        var image = await TestImage.Push(server);
        await image.Tag("v1", "v2");
        await image.Delete("v1");
        await image.Delete("v2");
        var (other, _) = await image.Client.PushImage("v2");
        var answer = await image.Call(HttpMethod.Post, "/deleted_tags/restore", body: new { tags = new[] { "v1", "v2", "v3" } });
        Assert.Equal(["v1"], Api.Texts(answer.GetProperty("restored"), "name"));
        Assert.Equal(["v2", "v3"], Api.Texts(answer.GetProperty("refused"), "name"));
        Assert.Contains(other, answer.GetProperty("refused")[0].GetProperty("message").GetString());
        foreach (var wrong in new object[] { new { }, new { tags = Array.Empty<string>() }, new { tags = new[] { "-" } }, new { tags = Enumerable.Repeat("a", 1001) } })
            await image.Call(HttpMethod.Post, "/deleted_tags/restore", HttpStatusCode.BadRequest, wrong);
    }

    [Fact]
    public async Task Nothing_comes_back_after_it_was_kept_and_the_list_forgets_it()
    {
        await using var own = await TestServer.StartOwn();
        var image = await TestImage.Push(own);
        await image.Tag("v1");
        await image.Delete("v1");
        using var deleted = await image.Client.Delete($"manifests/{image.Digest}");
        own.Clock.Advance(TimeSpan.FromDays(6.9));
        Assert.Equal(["latest", "v1"], (await image.DeletedTags()).Order());
        own.Clock.Advance(TimeSpan.FromDays(0.2));
        Assert.Empty(await image.DeletedTags());
        await image.Restore("v1", HttpStatusCode.NotFound);
        var refused = await image.Call(HttpMethod.Post, $"/manifests/{image.Digest}/restore", HttpStatusCode.Conflict);
        Assert.Contains(image.Digest, refused.Message());
    }

    [Fact]
    public async Task Tag_whose_layer_is_kept_no_more_is_refused_and_nothing_of_it_lives()
    {
        await using var own = await TestServer.StartOwn();
        var image = await TestImage.Push(own);
        await image.Tag("v1");
        using var deleted = await image.Client.Delete($"manifests/{image.Digest}");
        await own.Database.Write(transaction => transaction.Execute("update repository_blobs set deleted_at = 1, keep_until = 2 where repository_id = @repository", new { repository = image.Repository }));
        var refused = await image.Restore("v1", HttpStatusCode.Conflict);
        Assert.StartsWith("what the tag stood for is kept no more: sha256:", refused.Message());
        Assert.Null(await image.Resolve(image.Digest));
    }

    [Fact]
    public async Task List_goes_on_by_its_links_over_all_repositories_of_the_project()
    {
        var image = await TestImage.Push(server);
        var second = await RegistryClient.For(server, image.Owner, $"{image.Owner.Name}/app/other");
        await image.Tag("a", "b", "c");
        foreach (var tag in new[] { "a", "b", "c" })
            await image.Delete(tag);
        await second.PushImage("x");
        using var gone = await second.Delete("manifests/x");
        var names = new List<string>();
        for (var next = $"/api/v4/projects/{image.Project}/registry/deleted_tags?per_page=1"; next is not null;)
        {
            using var reply = await server.Send(HttpMethod.Get, next, token: image.Owner.Token);
            names.AddRange(Api.Texts(JsonDocument.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement, "name"));
            next = reply.Headers.TryGetValues("Link", out var links) ? links.Single().Split('>')[0][1..] : null;
        }
        Assert.Equal(["c", "b", "a", "x"], names);
    }

    [Fact]
    public async Task Cursor_that_is_none_is_refused_rather_than_taken_for_the_first_page()
    {
        var image = await TestImage.Push(server);
        foreach (var list in new[] { "registry/deleted_repositories", "registry/deleted_tags", $"registry/repositories/{image.Repository}/deleted_tags" })
            await Api.Get(server, $"/projects/{image.Project}/{list}?cursor=1.x", image.Owner.Token, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Restore_while_it_is_pushed_leaves_the_one_or_the_other()
    {
        var image = await TestImage.Push(server);
        await image.Tag("v1");
        for (var round = 0; round < 10; round++)
        {
            var json = await image.Client.ImageManifest();
            await image.Delete("v1");
            var restore = server.Send(HttpMethod.Post, "/api/v4" + image.Path + "/tags/v1/restore", token: image.Owner.Token);
            using var pushed = await image.Client.PutManifest("v1", json);
            using var restored = await restore;
            var now = await image.Resolve("v1");
            Assert.Equal(HttpStatusCode.Created, pushed.StatusCode);
            Assert.Contains(restored.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.Conflict });
            Assert.Equal(pushed.Headers.GetValues("Docker-Content-Digest").Single(), now);
        }
    }

    private static async Task PullsWhole(TestImage image, string digest)
    {
        using var manifest = await image.Client.Get($"manifests/{digest}");
        Assert.Equal(HttpStatusCode.OK, manifest.StatusCode);
        using var document = JsonDocument.Parse(await manifest.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        foreach (var descriptor in document.RootElement.GetProperty("layers").EnumerateArray().Append(document.RootElement.GetProperty("config")))
        {
            using var blob = await image.Client.Head($"blobs/{descriptor.GetProperty("digest").GetString()}");
            Assert.Equal(HttpStatusCode.OK, blob.StatusCode);
        }
    }
}
