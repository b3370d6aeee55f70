using System.Net;
using Berth.Oci;
using Berth.Server.Database;
using Berth.Tests.Harness;

namespace Berth.Tests.Distribution;

/// <summary>DELETE of /v2/NAME/manifests/REFERENCE: marks, events, and what comes back.</summary>
public sealed class ManifestDeletionTests(TestServer server)
{
    private const long Created = 1;
    private const long Moved = 2;
    private const long TagDeleted = 3;
    private const long ManifestDeleted = 4;
    private const int TagsOfOnePut = 10;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Delete_by_tag_takes_the_tag_and_leaves_the_manifest()
    {
        var client = await RegistryClient.Fresh(server);
        var (digest, _) = await client.PushImage("latest");
        using var deleted = await client.Delete("manifests/latest");
        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        using var byTag = await client.Get("manifests/latest");
        Assert.Equal(HttpStatusCode.NotFound, byTag.StatusCode);
        using var byDigest = await client.Get($"manifests/{digest}");
        Assert.Equal(HttpStatusCode.OK, byDigest.StatusCode);
        using var again = await client.Delete("manifests/latest");
        Assert.StartsWith("MANIFEST_UNKNOWN: ", await RegistryClient.Refusal(again, HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task Delete_by_digest_ends_all_tags_of_the_manifest()
    {
        var client = await RegistryClient.Fresh(server);
        var (digest, json) = await client.PushImage("one");
        using var second = await client.PutManifest("two", json);
        await client.PushImage("other");
        // "Upon success, the registry MUST respond with a 202 Accepted code."
        using var deleted = await client.Delete($"manifests/{digest}");
        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        foreach (var reference in new[] { digest, "one", "two" })
        {
            using var reply = await client.Head($"manifests/{reference}");
            Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        }
        using var tags = await client.Get("tags/list");
        Assert.EndsWith("\"tags\":[\"other\"]}", await tags.Content.ReadAsStringAsync(Cancel));
        using var again = await client.Delete($"manifests/{digest}");
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task Push_again_revives_a_deleted_manifest()
    {
        var client = await RegistryClient.Fresh(server);
        var (digest, json) = await client.PushImage("latest");
        using var deleted = await client.Delete($"manifests/{digest}");
        Assert.Single(await Marks(client), mark => mark.DeletedAt is not null && mark.KeepUntil == mark.DeletedAt + 7 * Clock.Day);
        using var put = await client.PutManifest("latest", json);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        using var get = await client.Get("manifests/latest");
        Assert.Equal(json, await get.Content.ReadAsStringAsync(Cancel));
        Assert.Single(await Marks(client), mark => mark is { DeletedAt: null, KeepUntil: null });
    }

    [Fact]
    public async Task Child_of_a_live_index_is_not_deleted_before_it()
    {
        var client = await RegistryClient.Fresh(server);
        var (child, json) = await client.PushImage("amd64");
        using var put = await client.PutManifest("multi", RegistryClient.Index((child, json.Length)), RegistryClient.OciIndex);
        using var refused = await client.Delete($"manifests/{child}");
        Assert.StartsWith($"UNSUPPORTED: manifest {child} belongs to the index {put.Headers.GetValues("Docker-Content-Digest").Single()}",
            await RegistryClient.Refusal(refused, HttpStatusCode.MethodNotAllowed));
        using var index = await client.Delete($"manifests/{put.Headers.GetValues("Docker-Content-Digest").Single()}");
        Assert.Equal(HttpStatusCode.Accepted, index.StatusCode);
        using var then = await client.Delete($"manifests/{child}");
        Assert.Equal(HttpStatusCode.Accepted, then.StatusCode);
    }

    [Fact]
    public async Task Index_cannot_be_revived_without_its_child()
    {
        var client = await RegistryClient.Fresh(server);
        var (child, json) = await client.PushImage("amd64");
        var index = RegistryClient.Index((child, json.Length));
        using var put = await client.PutManifest("multi", index, RegistryClient.OciIndex);
        using var first = await client.Delete($"manifests/{put.Headers.GetValues("Docker-Content-Digest").Single()}");
        using var second = await client.Delete($"manifests/{child}");
        using var refused = await client.PutManifest("multi", index, RegistryClient.OciIndex);
        Assert.StartsWith("MANIFEST_BLOB_UNKNOWN: ", await RegistryClient.Refusal(refused, HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Subject_can_be_deleted_before_what_is_attached_to_it()
    {
        var client = await RegistryClient.Fresh(server);
        var (subject, json) = await client.PushImage("latest");
        var config = await client.PushBlob("{}"u8.ToArray());
        using var attached = await client.PutManifest("signature", $$"""
            {"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{{config}}","size":2},"layers":[],
             "subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{subject}}","size":{{json.Length}} } }
            """);
        using var deleted = await client.Delete($"manifests/{subject}");
        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
    }

    [Fact]
    public async Task Each_way_in_which_a_tag_changes_leaves_an_event()
    {
        var user = await server.NewUser();
        var client = await RegistryClient.For(server, user, $"{user.Name}/hello");
        var (one, json) = await client.PushImage("latest");
        using var same = await client.PutManifest("latest", json);
        var (two, _) = await client.PushImage("latest");
        using var untagged = await client.Delete("manifests/latest");
        using var back = await client.PutManifest("latest", json);
        using var gone = await client.Delete($"manifests/{one}");
        var events = await Events(client);
        Assert.Equal(
            [(Created, one, null), (Moved, two, one), (TagDeleted, null, two), (Created, one, null), (ManifestDeleted, null, one)],
            events.Select(row => (row.Action, Text(row.Digest), Text(row.PreviousDigest))));
        Assert.All(events, row => Assert.Equal($"pat:{user.TokenId}", row.Credential));
        Assert.All(events, row => Assert.Equal(user.Id, row.UserId));
        // What a change took away can be restored for seven days; a tag that is new took nothing.
        Assert.All(events, row => Assert.Equal(row.PreviousDigest is null ? null : row.At + 7 * Clock.Day, row.KeepUntil));
    }

    [Fact]
    public async Task The_many_tags_of_a_deleted_manifest_end_at_once_and_each_leaves_one_event()
    {
        var client = await RegistryClient.Fresh(server);
        var (digest, tags) = await PushManyTags(client);
        var (other, _) = await client.PushImage("other");
        using var deleted = await client.Delete($"manifests/{digest}");
        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        using var list = await client.Get("tags/list");
        Assert.EndsWith("\"tags\":[\"other\"]}", await list.Content.ReadAsStringAsync(Cancel));
        using var gone = await client.Delete($"manifests/{tags[^1]}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        await Eventually.True(async () => (await TagRows(client)).Count == 1);
        Assert.Equal([other], (await TagRows(client)).Select(row => Text(row.Digest)));
        var events = await AllEvents(client, ManifestDeleted);
        Assert.Equal(tags, events.Select(row => row.Tag).Order(StringComparer.Ordinal));
        Assert.Single(events.Select(row => row.At).Distinct());
    }

    [Fact]
    public async Task A_manifest_with_many_tags_that_is_pushed_again_has_only_the_tag_of_that_push()
    {
        var client = await RegistryClient.Fresh(server);
        var (digest, tags) = await PushManyTags(client);
        using var manifest = await client.Get($"manifests/{digest}");
        var json = await manifest.Content.ReadAsStringAsync(Cancel);
        using var deleted = await client.Delete($"manifests/{digest}");
        using var back = await client.PutManifest(tags[^1], json);
        Assert.Equal(HttpStatusCode.Created, back.StatusCode);
        using var list = await client.Get("tags/list");
        Assert.EndsWith($"\"tags\":[\"{tags[^1]}\"]}}", await list.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(tags.Count, (await AllEvents(client, ManifestDeleted)).Count);
    }

    [Fact]
    public async Task A_tag_of_a_deleted_manifest_can_be_pushed_anew_at_once()
    {
        var client = await RegistryClient.Fresh(server);
        var (digest, tags) = await PushManyTags(client);
        using var deleted = await client.Delete($"manifests/{digest}");
        var (anew, _) = await client.PushImage(tags[^1]);
        using var get = await client.Head($"manifests/{tags[^1]}");
        Assert.Equal(anew, get.Headers.GetValues("Docker-Content-Digest").Single());
        await Eventually.True(async () => (await TagRows(client)).Count == 1);
        Assert.Equal(tags, (await AllEvents(client, ManifestDeleted)).Select(row => row.Tag).Order(StringComparer.Ordinal));
        Assert.Equal(tags.Count + 1, (await AllEvents(client, Created)).Count);
    }

    /// <summary>More than end in the transaction of their manifest's delete.</summary>
    private static async Task<(string Digest, IReadOnlyList<string> Tags)> PushManyTags(RegistryClient client)
    {
        var tags = Enumerable.Range(100, 250).Select(number => $"t{number}").ToList();
        var (digest, json) = await client.PushImage(tags[0]);
        foreach (var some in tags.Skip(1).Chunk(TagsOfOnePut))
        {
            using var put = await client.PutManifest($"{digest}?{string.Join('&', some.Select(tag => $"tag={tag}"))}", json);
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        }
        return (digest, tags);
    }

    [Fact]
    public async Task Delete_needs_the_scope_api()
    {
        var user = await server.NewUser("read_registry", "write_registry");
        var client = await RegistryClient.For(server, user, $"{user.Name}/hello");
        await client.PushImage("latest");
        using var refused = await client.Delete("manifests/latest");
        Assert.StartsWith("DENIED: the token lacks the scope api", await RegistryClient.Refusal(refused, HttpStatusCode.Unauthorized));
    }

    private static string? Text(byte[]? digest) => digest is null ? null : Digest.FromBytes(digest).ToString();

    private Task<List<EventRow>> Events(RegistryClient client) => server.Query<EventRow>("""
        select e.action as Action, e.digest as Digest, e.previous_digest as PreviousDigest, e.user_id as UserId, e.credential as Credential, e.at as At, e.keep_until as KeepUntil
        from tag_events e join repositories r on r.id = e.repository_id join routes p on p.project_id = r.project_id
        where p.path_lower = @path and e.tag = 'latest' order by e.id
        """, new { path = client.Name });

    private Task<List<TagEventRow>> AllEvents(RegistryClient client, long action) => server.Query<TagEventRow>("""
        select e.tag as Tag, e.at as At from tag_events e join repositories r on r.id = e.repository_id join routes p on p.project_id = r.project_id
        where p.path_lower = @path and e.action = @action order by e.id
        """, new { path = client.Name, action });

    private Task<List<TagRow>> TagRows(RegistryClient client) => server.Query<TagRow>("""
        select t.digest as Digest from tags t join repositories r on r.id = t.repository_id join routes p on p.project_id = r.project_id where p.path_lower = @path
        """, new { path = client.Name });

    private Task<List<MarkRow>> Marks(RegistryClient client) => server.Query<MarkRow>("""
        select m.deleted_at as DeletedAt, m.keep_until as KeepUntil
        from manifests m join repositories r on r.id = m.repository_id join routes p on p.project_id = r.project_id where p.path_lower = @path
        """, new { path = client.Name });

    private sealed record EventRow(long Action, byte[]? Digest, byte[]? PreviousDigest, long? UserId, string Credential, long At, long? KeepUntil);

    private sealed record TagEventRow(string Tag, long At);

    private sealed record TagRow(byte[] Digest);

    private sealed record MarkRow(long? DeletedAt, long? KeepUntil);
}
