using Berth.Server.Images;
using Berth.Tests.Harness;

namespace Berth.Tests.Images;

/// <summary>Tags and bytes are counted where they change; of many changes at once see TrashCountTests in Lifecycle.</summary>
public sealed class CountTests(TestServer server)
{
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

    /// <summary>Of two pushes at once the one that began first may commit last.</summary>
    [Fact]
    public async Task Push_that_commits_after_a_later_one_leaves_the_time_of_the_last_publication()
    {
        var project = await ImageApi.NewProject(server);
        var image = await project.Image();
        await image.PushImage("one");
        var later = Assert.Single(await Published(project)) + 3_600_000_000;
        await server.Database.Write(transaction => transaction.Execute("update repositories set last_published_at = @later where project_id = @Id", new { later, project.Id }));
        await image.PushImage("two");
        Assert.Equal(later, Assert.Single(await Published(project)));
    }

    private Task<List<long>> Published(ImageProject project) => server.Query<long>("select last_published_at from repositories where project_id = @Id", new { project.Id });

    private Task<List<CountRow>> Counts(ImageProject project) => server.Query<CountRow>($"""
        select r.tag_count as TagCount, {ImageSize.Of} as Size from repositories r where r.project_id = @Id
        """, new { project.Id });

    private sealed record CountRow
    {
        public long TagCount { get; init; }

        public long Size { get; init; }
    }
}
