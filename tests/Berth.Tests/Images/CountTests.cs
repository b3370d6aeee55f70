using System.Net;
using System.Text;
using Berth.Server.Images;
using Berth.Tests.Harness;

namespace Berth.Tests.Images;

/// <summary>Tags and bytes are counted where they change: what stands in the counts is what a count over the rows says.</summary>
public sealed class CountTests(TestServer server)
{
    private const int Writers = 4;
    private const int Operations = 40;

    private static readonly byte[] Config = "{}"u8.ToArray();

    /// <summary>Small and distinct, so that several pushes, deletes and mounts meet at one.</summary>
    private static readonly byte[][] Layers = [.. Enumerable.Range(1, 4).Select(i => Enumerable.Repeat((byte)i, 100 * i).ToArray())];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task After_any_operations_at_once_the_counts_are_those_of_the_rows(int seed)
    {
        var project = await ImageApi.NewProject(server);
        var images = new[] { await project.Image(), await project.Image("web") };
        foreach (var image in images)
            await Push(image, Layers[0], "first");
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            var random = new Random(seed * 100 + writer);
            for (var i = 0; i < Operations; i++)
                await Any(random, images);
        }));
        await Eventually.True(async () => (await server.Query<long>("select count(*) from tag_removals m join repositories r on r.id = m.repository_id where r.project_id = @Id", new { project.Id }))[0] == 0);
        var rows = await Counts(project);
        Assert.Equal(2, rows.Count);
        Assert.All(rows, row => Assert.Equal((row.Tags, row.Bytes), (row.TagCount, row.Size)));
        Assert.All(rows, row => Assert.InRange(row.LastPublishedAt!.Value, row.Published!.Value, long.MaxValue));
        await Eventually.True(async () => (await server.Query<long>("select count(*) from quota_deltas where project_id = @Id", new { project.Id }))[0] == 0);
        Assert.Equal((rows.Sum(row => row.Bytes), await Shared(project), rows.Sum(row => row.Bytes)), await Usage(project));
    }

    [Fact]
    public async Task Tag_of_a_deleted_manifest_counts_no_more_once_it_is_removed()
    {
        var project = await ImageApi.NewProject(server);
        var image = await project.Image();
        var (digest, json) = await image.PushImage("one");
        foreach (var tag in new[] { "two", "one", "two" })
            (await image.PutManifest(tag, json)).Dispose();
        Assert.Equal(2, Assert.Single(await Counts(project)).TagCount);
        (await image.Delete($"manifests/{digest}")).Dispose();
        Assert.Equal(0, Assert.Single(await Counts(project)).TagCount);
        (await image.PutManifest("two", json)).Dispose();
        Assert.Equal(1, Assert.Single(await Counts(project)).TagCount);
    }

    [Fact]
    public async Task What_is_untagged_counts_and_what_is_deleted_does_not()
    {
        var project = await ImageApi.NewProject(server);
        var image = await project.Image();
        var (digest, json) = await image.PushImage("one");
        var size = Assert.Single(await Counts(project)).Size;
        Assert.Equal(1000 + json.Length + """{"architecture":"amd64","os":"linux","created":"2026-01-02T03:04:05Z"}""".Length, size);
        (await image.Delete("manifests/one")).Dispose();
        Assert.Equal(size, Assert.Single(await Counts(project)).Size);
        (await image.Delete($"manifests/{digest}")).Dispose();
        Assert.Equal(size - json.Length, Assert.Single(await Counts(project)).Size);
    }

    private static async Task Any(Random random, RegistryClient[] images)
    {
        var (image, other) = random.Next(2) == 0 ? (images[0], images[1]) : (images[1], images[0]);
        var layer = Layers[random.Next(Layers.Length)];
        var tag = $"t{random.Next(5)}";
        switch (random.Next(7))
        {
            case 0:
                await image.PushBlob(layer);
                break;
            case 1:
                (await image.Send(HttpMethod.Post, $"blobs/uploads/?mount={RegistryClient.Sha256(layer)}&from={other.Name}")).Dispose();
                break;
            case 2:
                (await image.Delete($"blobs/{RegistryClient.Sha256(layer)}")).Dispose();
                break;
            case 3:
                (await image.Delete($"manifests/{tag}")).Dispose();
                break;
            case 4:
                (await image.Delete($"manifests/{RegistryClient.Sha256(Encoding.UTF8.GetBytes(Manifest(layer)))}")).Dispose();
                break;
            default:
                await Push(image, layer, tag);
                break;
        }
    }

    /// <summary>What others delete meanwhile makes it fail: that is an outcome like any.</summary>
    private static async Task Push(RegistryClient image, byte[] layer, string tag)
    {
        await image.PushBlob(Config);
        await image.PushBlob(layer);
        using var put = await image.PutManifest(tag, Manifest(layer));
        Assert.True(put.StatusCode is HttpStatusCode.Created or HttpStatusCode.NotFound or HttpStatusCode.BadRequest, put.StatusCode.ToString());
    }

    private static string Manifest(byte[] layer) => RegistryClient.Manifest((RegistryClient.Sha256(Config), Config.Length), (RegistryClient.Sha256(layer), layer.Length));

    private Task<List<CountRow>> Counts(ImageProject project) => server.Query<CountRow>($"""
        select r.tag_count as TagCount, {ImageSize.Of} as Size, r.last_published_at as LastPublishedAt,
            (select count(*) from tags t where t.repository_id = r.id) as Tags,
            (select max(e.at) from tag_events e where e.repository_id = r.id and e.action in (1, 2)) as Published,
            cast(coalesce((select sum(b.size) from repository_blobs l join blobs b on b.digest = l.digest where l.repository_id = r.id and l.deleted_at is null), 0)
                + coalesce((select sum(m.size) from manifests m where m.repository_id = r.id and m.deleted_at is null), 0) as bigint) as Bytes
        from repositories r where r.project_id = @Id
        """, new { project.Id });

    /// <summary>What is in both repositories.</summary>
    private async Task<long> Shared(ImageProject project) => (await server.Query<long>("""
        select cast(coalesce(sum(size), 0) as bigint) from (
            select min(b.size) as size from repository_blobs l join blobs b on b.digest = l.digest join repositories r on r.id = l.repository_id
            where r.project_id = @Id and l.deleted_at is null group by l.digest having count(*) > 1
            union all
            select min(m.size) from manifests m join repositories r on r.id = m.repository_id
            where r.project_id = @Id and m.deleted_at is null group by m.digest having count(*) > 1) shared
        """, new { project.Id }))[0];

    private async Task<(long, long, long)> Usage(ImageProject project)
    {
        var row = Assert.Single(await server.Query<UsageRow>("""
            select image_size as ImageSize, shared_size as SharedSize, (select cast(sum(d.bytes) as bigint) from usage_days d where d.project_id = p.id) as Days
            from projects p where p.id = @Id
            """, new { project.Id }));
        return (row.ImageSize, row.SharedSize, row.Days);
    }

    private sealed record CountRow(long TagCount, long Size, long? LastPublishedAt, long Tags, long? Published, long Bytes);

    private sealed record UsageRow(long ImageSize, long SharedSize, long Days);
}
