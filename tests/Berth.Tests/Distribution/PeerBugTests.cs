using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Berth.Server.Distribution;
using Berth.Tests.Harness;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Berth.Tests.Distribution;

/// <summary>
/// Bugs that other registries had, each held by a test. Those that stand elsewhere:
/// <list type="bullet">
/// <item>GitLab, <c>"tags": null</c>: <see cref="TagListTests.Repository_without_tags_has_an_empty_list_and_says_its_name"/></item>
/// <item>zot, unknown <c>last</c>: <see cref="TagListTests.List_goes_on_behind_a_last_that_is_gone"/></item>
/// <item>Harbor #22900, token of a deleted project: <c>RegistryGrantTests.A_grant_in_a_project_covers_that_project_and_image_alone</c>, by its id</item>
/// <item>Harbor #23270, mount without the right to pull: <see cref="MountTests.Without_the_right_to_pull_the_mount_is_an_ordinary_upload"/></item>
/// <item>Quay CVE-2026-32589, another's upload: <see cref="UploadSessionTests.Upload_of_another_credential_is_unknown_even_of_the_same_user"/></item>
/// <item>distribution #3178, children of a tagged index: <see cref="ManifestDeletionTests.Child_of_a_live_index_is_not_deleted_before_it"/></item>
/// <item>jib #4301, lost reply: <see cref="UploadTests.Put_repeated_after_success_is_201_again_and_another_digest_is_unknown"/></item>
/// </list>
/// Those about immutable tags, retention, collection, deleted projects, several replicas and S3 come with these.
/// </summary>
public sealed class PeerBugTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tags_of_which_one_begins_another_are_listed_in_order_at_each_page_size()
    {
        // distribution #4898 and #4904: a walk of folders sorts "a/" behind "a-b/".
        string[] tags = ["a", "a-b", "a.b", "a.b.c", "a0", "aB", "a_b", "ab", "ab-", "abc", "b"];
        var client = await RegistryClient.Fresh(server);
        var json = await client.ImageManifest();
        foreach (var tag in tags.Reverse())
            await Put(client, tag, json);
        for (var size = 1; size <= tags.Length + 1; size++)
        {
            var seen = new List<string>();
            for (var path = $"tags/list?n={size}"; path is not null;)
            {
                using var reply = await client.Get(path);
                seen.AddRange((await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!));
                path = reply.Headers.TryGetValues("Link", out var link) ? link.Single().Split('<', '>')[1] : null;
            }
            Assert.Equal(tags, seen);
        }
    }

    [Fact]
    public async Task Repositories_of_which_one_begins_another_keep_their_tags_apart()
    {
        var user = await server.NewUser();
        string[] names = [$"{user.Name}/a", $"{user.Name}/a-b", $"{user.Name}/ab", $"{user.Name}/a/b", $"{user.Name}/a/b/c"];
        foreach (var name in names)
            await (await RegistryClient.For(server, user, name)).PushImage(name.Replace('/', '_'));
        foreach (var name in names)
        {
            using var reply = await (await RegistryClient.For(server, user, name)).Get("tags/list");
            Assert.Equal($$"""{"name":"{{name}}","tags":["{{name.Replace('/', '_')}}"]}""", await reply.Content.ReadAsStringAsync(Cancel));
        }
    }

    [Fact]
    public async Task Pages_go_on_while_another_client_deletes_the_tag_at_which_each_ended()
    {
        // zot: a last that is gone was a 404 in mid-listing.
        var client = await RegistryClient.Fresh(server);
        var json = await client.ImageManifest();
        string[] tags = ["a", "b", "c", "d", "e", "f", "g"];
        foreach (var tag in tags)
            await Put(client, tag, json);
        var seen = new List<string>();
        for (var path = "tags/list?n=2"; path is not null;)
        {
            using var reply = await client.Get(path);
            Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
            seen.AddRange((await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!));
            path = reply.Headers.TryGetValues("Link", out var link) ? link.Single().Split('<', '>')[1] : null;
            using var deleted = await client.Delete($"manifests/{seen[^1]}");
            Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        }
        Assert.Equal(tags, seen);
    }

    [Fact]
    public async Task Last_tag_deleted_leaves_an_empty_list()
    {
        var client = await RegistryClient.Fresh(server);
        await client.PushImage("only");
        using var deleted = await client.Delete("manifests/only");
        using var reply = await client.Get("tags/list");
        Assert.Equal($$"""{"name":"{{client.Name}}","tags":[]}""", await reply.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task Child_pushed_by_digest_serves_an_index_that_comes_thirty_hours_later()
    {
        // GitLab collects a manifest without a tag after 24 hours: a long multi-architecture build then fails at its end.
        await using var own = await TestServer.StartOwn();
        var user = await own.NewUser();
        var client = await RegistryClient.For(own, user, $"{user.Name}/hello");
        var json = await client.ImageManifest();
        var child = RegistryClient.Sha256(System.Text.Encoding.UTF8.GetBytes(json));
        await Put(client, child, json);
        own.Clock.Advance(TimeSpan.FromHours(30));
        await own.Services.GetServices<IHostedService>().OfType<UploadExpiry>().Single().Expire(Cancel);
        client = await RegistryClient.For(own, user, client.Name);
        using var index = await client.PutManifest("latest", RegistryClient.Index((child, json.Length)), RegistryClient.OciIndex);
        Assert.Equal(HttpStatusCode.Created, index.StatusCode);
        using var pulled = await client.Get($"manifests/{child}");
        Assert.Equal(json, await pulled.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task Content_deleted_from_one_repository_is_gone_there_at_once_though_all_caches_are_warm()
    {
        // distribution CVE-2026-35172: a cache went on saying that the repository has the blob.
        var user = await server.NewUser();
        var one = await RegistryClient.For(server, user, $"{user.Name}/one");
        var two = await RegistryClient.For(server, user, $"{user.Name}/two");
        var json = await one.ImageManifest();
        var blob = await one.PushBlob("warm"u8.ToArray());
        await two.PushBlob("warm"u8.ToArray());
        var manifest = RegistryClient.Sha256(System.Text.Encoding.UTF8.GetBytes(json));
        await Put(one, "latest", json);
        string[] paths = [$"blobs/{blob}", $"manifests/{manifest}", "manifests/latest"];
        foreach (var path in paths)
        {
            using var warmed = await one.Get(path);
            using var again = await one.Head(path);
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (warmed.StatusCode, again.StatusCode));
        }
        foreach (var path in paths[..2])
        {
            using var deleted = await one.Delete(path);
            Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        }
        foreach (var path in paths)
        {
            using var get = await one.Get(path);
            using var head = await one.Head(path);
            Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (get.StatusCode, head.StatusCode));
        }
        using var elsewhere = await two.Get($"blobs/{blob}");
        Assert.Equal(HttpStatusCode.OK, elsewhere.StatusCode);
    }

    [Fact]
    public async Task Mount_tells_nothing_of_what_the_caller_may_not_pull()
    {
        // Harbor #23270: the mount looked at the target's rights alone.
        var owner = await RegistryClient.Fresh(server);
        var there = await owner.PushBlob("secret"u8.ToArray());
        var client = await RegistryClient.Fresh(server);
        var answers = new List<string>();
        foreach (var (digest, from) in new[] { (there, owner.Name), (RegistryClient.Sha256("nowhere"u8.ToArray()), owner.Name), (there, "no/where") })
        {
            using var reply = await client.Send(HttpMethod.Post, $"blobs/uploads/?mount={digest}&from={from}");
            var id = reply.Headers.GetValues("Docker-Upload-UUID").Single();
            answers.Add($"{reply.StatusCode} {string.Join(';', reply.Headers.Where(header => header.Key != "Date").Select(header => $"{header.Key}={string.Join(',', header.Value)}"))}".Replace(id, "ID", StringComparison.Ordinal));
        }
        Assert.StartsWith("Accepted ", answers[0], StringComparison.Ordinal);
        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task Same_manifest_pushed_again_to_its_tag_is_201_and_no_event()
    {
        // kots #5940: CI pushes what is there already, and must not fail for it.
        var client = await RegistryClient.Fresh(server);
        var json = await client.ImageManifest();
        for (var time = 0; time < 3; time++)
            await Put(client, "v1", json);
        var events = await server.Query<long>("""
            select count(*) from tag_events e join repositories r on r.id = e.repository_id join routes p on p.project_id = r.project_id where p.path_lower = @path
            """, new { path = client.Name });
        Assert.Equal([1], events);
    }

    [Fact]
    public async Task Put_whose_reply_never_came_is_201_when_it_is_sent_again()
    {
        // jib #4301: the blob was there, and the retry failed on the finished upload.
        var client = await RegistryClient.Fresh(server);
        var bytes = new byte[100_000];
        var digest = RegistryClient.Sha256(bytes);
        var location = await client.StartUpload();
        var json = await client.ImageManifest();
        foreach (var (head, body) in new[] { ($"PUT {location}&digest={digest} HTTP/1.1", bytes), ($"PUT /v2/{client.Name}/manifests/latest HTTP/1.1\nContent-Type: {RegistryClient.OciManifest}", System.Text.Encoding.UTF8.GetBytes(json)) })
        {
            using var raw = await RawHttp.Connect(server);
            await raw.Send($"{head}\nAuthorization: Bearer {client.Token}\nContent-Length: {body.Length}", body);
            raw.Reset();
        }
        using var blob = await client.Finish(location, digest, bytes);
        Assert.Equal(HttpStatusCode.Created, blob.StatusCode);
        await Put(client, "latest", json);
        using var pulled = await client.Get($"blobs/{digest}");
        Assert.Equal(bytes, await pulled.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task Private_repository_answers_nobody_else_on_any_route()
    {
        // Gitea CVE-2026-27771: visibility was looked at on pages and not below /v2.
        var owner = await RegistryClient.Fresh(server);
        var (manifest, _) = await owner.PushImage("latest");
        var blob = await owner.PushBlob("private"u8.ToArray());
        var upload = (await owner.StartUpload()).Split('/', '?')[^2];
        var stranger = await server.NewUser();
        var routes = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.RoutePattern.RawText!.StartsWith("/v2/{name}", StringComparison.Ordinal)).ToList();
        Assert.True(routes.Count >= 12, "The routes of the registry were not found.");
        foreach (var route in routes)
        {
            foreach (var method in route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
            {
                foreach (var reference in new[] { "latest", manifest })
                {
                    var path = route.RoutePattern.RawText!.Replace("{reference}", reference, StringComparison.Ordinal).Replace("{digest}", route.RoutePattern.RawText.Contains("referrers", StringComparison.Ordinal) ? manifest : blob, StringComparison.Ordinal).Replace("{id}", upload, StringComparison.Ordinal);
                    foreach (var basic in new[] { null, stranger.Basic })
                        await AssertHidden(owner.Name, path, method, basic);
                }
            }
        }
    }

    /// <summary>401, in the very words that a repository which is nowhere gets.</summary>
    private async Task AssertHidden(string name, string path, string method, string? basic)
    {
        var answers = new List<string>();
        foreach (var asked in new[] { name, $"{name.Split('/')[0]}/other" })
        {
            using var content = method is "PUT" or "POST" or "PATCH" ? new ByteArrayContent([]) : null;
            using var reply = await server.Send(new HttpMethod(method), path.Replace("{name}", asked, StringComparison.Ordinal), content, basic: basic);
            Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
            answers.Add((reply.Headers.WwwAuthenticate + await reply.Content.ReadAsStringAsync(Cancel)).Replace(asked, "NAME", StringComparison.Ordinal));
        }
        Assert.Single(answers.Distinct());
    }

    private static async Task Put(RegistryClient client, string reference, string json)
    {
        using var put = await client.PutManifest(reference, json);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
    }
}
