using System.Net;
using System.Net.Http.Json;
using System.Text;
using Berth.Server.Images;
using Berth.Tests.Harness;
using Berth.Tests.Images;

namespace Berth.Tests.Lifecycle;

/// <summary>
/// Whatever several people push, delete and restore at once, by the registry and by REST: tags, sizes and usage are what a count over the
/// rows says, and each event belongs to its project.
/// </summary>
public sealed class TrashCountTests(TestServer server)
{
    private const int Writers = 4;
    private const int Operations = 60;

    private static readonly byte[] Config = "{}"u8.ToArray();

    /// <summary>Few, so that pushes, deletes, mounts and restores meet at one.</summary>
    private static readonly byte[][] Layers = [.. Enumerable.Range(1, 4).Select(i => Enumerable.Repeat((byte)i, 100 * i).ToArray())];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task After_any_pushes_deletes_and_restores_at_once_the_counts_are_those_of_the_rows(int seed)
    {
        var project = await ImageApi.NewProject(server);
        var images = new[] { await project.Image("web"), await project.Image("api") };
        foreach (var image in images)
            await Push(image, Layers[0], "t0");
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            var random = new Random(seed * 100 + writer);
            for (var i = 0; i < Operations; i++)
                await Any(random, project, images);
        }));
        foreach (var waiting in new[]
        {
            "select count(*) from tag_removals m join repositories r on r.id = m.repository_id where r.project_id = @Id",
            "select count(*) from tag_deletions d join repositories r on r.id = d.repository_id where d.state = 1 and r.project_id = @Id",
            "select count(*) from quota_deltas where project_id = @Id",
        })
            await Eventually.True(async () => (await server.Query<long>(waiting, new { project.Id }))[0] == 0);
        var rows = await Counts(project);
        Assert.All(rows, row => Assert.Equal((row.Tags, row.Bytes), (row.TagCount, row.Size)));
        Assert.All(rows, row => Assert.True(row.LastPublishedAt >= row.Published, "a push is newer than the last publication"));
        Assert.Equal((rows.Sum(row => row.Bytes), await Shared(project), rows.Sum(row => row.Bytes)), await Usage(project));
        Assert.Equal(0, (await server.Query<long>("""
            select count(*) from tag_events e join repositories r on r.id = e.repository_id
            where r.project_id = @Id and (e.project_id is null or e.project_id <> r.project_id)
            """, new { project.Id }))[0]);
    }

    private async Task Any(Random random, ImageProject project, RegistryClient[] images)
    {
        var (image, other) = random.Next(2) == 0 ? (images[0], images[1]) : (images[1], images[0]);
        var layer = Layers[random.Next(Layers.Length)];
        var tag = $"t{random.Next(4)}";
        switch (random.Next(20))
        {
            case 0:
                await Sent(image.Send(HttpMethod.Post, $"blobs/uploads/?mount={RegistryClient.Sha256(layer)}&from={other.Name}"));
                break;
            case 1:
                await Sent(image.Delete($"blobs/{RegistryClient.Sha256(layer)}"));
                break;
            case 2:
                await Sent(image.Delete($"manifests/{tag}"));
                break;
            case 3 or 4:
                await Sent(image.Delete($"manifests/{Digest(layer)}"));
                break;
            case 5:
                await PushIndex(image, tag);
                break;
            case 6:
                await Rest(project, HttpMethod.Delete, $"/{await Pick(random, project, RepositoryIds)}/tags/{tag}");
                break;
            case 7:
                await Rest(project, HttpMethod.Delete, $"/{await Pick(random, project, RepositoryIds)}/tags?name_regex_delete=t[0-2]");
                break;
            case 8 or 9:
                await Rest(project, HttpMethod.Post, $"/{await Pick(random, project, RepositoryIds)}/tags/{tag}/restore", new { force = random.Next(2) == 0 });
                break;
            case 10:
                var deletion = await Pick(random, project, "select at from tag_events where project_id = @Id and action in (3, 4)");
                await Rest(project, HttpMethod.Post, $"/{await Pick(random, project, RepositoryIds)}/deleted_tags/restore", new { deletion_id = deletion, force = random.Next(2) == 0 });
                break;
            case 11 or 12:
                await Rest(project, HttpMethod.Post, $"/{await Pick(random, project, RepositoryIds)}/manifests/{Digest(layer)}/restore", new { force = random.Next(2) == 0 });
                break;
            case 13:
                await Rest(project, HttpMethod.Delete, $"/{await Pick(random, project, RepositoryIds)}");
                break;
            case 14 or 15:
                await Rest(project, HttpMethod.Post, $"/{await Pick(random, project, RepositoryIds)}/restore", random.Next(2) == 0 ? new { } : new { name = $"old{random.Next(3)}" });
                break;
            case 16:
                await Sent(server.Send(HttpMethod.Delete, $"/api/v4/projects/{project.Id}", token: project.Owner.Token));
                await Sent(server.Send(HttpMethod.Post, $"/api/v4/projects/{project.Id}/restore", token: project.Owner.Token));
                break;
            default:
                await Push(image, layer, tag);
                break;
        }
    }

    private const string RepositoryIds = "select id from repositories where project_id = @Id";

    private async Task<long> Pick(Random random, ImageProject project, string from)
    {
        var all = await server.Query<long>(from, new { project.Id });
        return all.Count == 0 ? 0 : all[random.Next(all.Count)];
    }

    private Task Rest(ImageProject project, HttpMethod method, string path, object? body = null) =>
        Sent(server.Send(method, "/api/v4" + project.Api + path, body is null ? null : JsonContent.Create(body), token: project.Owner.Token));

    /// <summary>What others delete meanwhile makes it fail: that is an outcome like any, but no fault.</summary>
    private static async Task Sent(Task<HttpResponseMessage> sending)
    {
        using var reply = await sending;
        Assert.True(reply.StatusCode < HttpStatusCode.InternalServerError, reply.ToString());
    }

    private static async Task Push(RegistryClient image, byte[] layer, string tag)
    {
        foreach (var blob in new[] { Config, layer })
            await Sent(image.Send(HttpMethod.Post, $"blobs/uploads/?digest={Uri.EscapeDataString(RegistryClient.Sha256(blob))}", new ByteArrayContent(blob)));
        await Sent(image.PutManifest(tag, Manifest(layer)));
    }

    private static Task PushIndex(RegistryClient image, string tag) =>
        Sent(image.PutManifest(tag, RegistryClient.Index([.. Layers[..2].Select(layer => (Digest(layer), (long)Manifest(layer).Length))]), RegistryClient.OciIndex));

    private static string Digest(byte[] layer) => RegistryClient.Sha256(Encoding.UTF8.GetBytes(Manifest(layer)));

    private static string Manifest(byte[] layer) => RegistryClient.Manifest((RegistryClient.Sha256(Config), Config.Length), (RegistryClient.Sha256(layer), layer.Length));

    /// <summary>Deleted repositories too: what is in them goes with them as it stands.</summary>
    private Task<List<CountRow>> Counts(ImageProject project) => server.Query<CountRow>($"""
        select r.tag_count as TagCount, {ImageSize.Of} as Size, (select count(*) from tags t where t.repository_id = r.id) as Tags,
            coalesce(r.last_published_at, 0) as LastPublishedAt, coalesce((select max(e.at) from tag_events e where e.repository_id = r.id and e.action in (1, 2)), 0) as Published,
            cast(coalesce((select sum(b.size) from repository_blobs l join blobs b on b.digest = l.digest where l.repository_id = r.id and l.deleted_at is null), 0)
                + coalesce((select sum(m.size) from manifests m where m.repository_id = r.id and m.deleted_at is null), 0) as bigint) as Bytes
        from repositories r where r.project_id = @Id
        """, new { project.Id });

    /// <summary>By how much it would be less if each digest were there once.</summary>
    private async Task<long> Shared(ImageProject project) => (await server.Query<long>("""
        select cast(coalesce(sum(size * (copies - 1)), 0) as bigint) from (
            select min(b.size) as size, count(*) as copies from repository_blobs l join blobs b on b.digest = l.digest join repositories r on r.id = l.repository_id
            where r.project_id = @Id and l.deleted_at is null group by l.digest
            union all
            select min(m.size) as size, count(*) as copies from manifests m join repositories r on r.id = m.repository_id
            where r.project_id = @Id and m.deleted_at is null group by m.digest) shared
        """, new { project.Id }))[0];

    private async Task<(long, long, long)> Usage(ImageProject project)
    {
        var row = Assert.Single(await server.Query<UsageRow>("""
            select image_size as ImageSize, shared_size as SharedSize, (select cast(sum(d.bytes) as bigint) from usage_days d where d.project_id = p.id) as Days
            from projects p where p.id = @Id
            """, new { project.Id }));
        return (row.ImageSize, row.SharedSize, row.Days);
    }

    private sealed record CountRow(long TagCount, long Size, long Tags, long LastPublishedAt, long Published, long Bytes);

    private sealed record UsageRow(long ImageSize, long SharedSize, long Days);
}
