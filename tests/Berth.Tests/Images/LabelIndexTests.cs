using System.Globalization;
using System.Text.Json.Nodes;
using Berth.Tests.Groups;
using Berth.Tests.Harness;
using Berth.Tests.Storage;

namespace Berth.Tests.Images;

/// <summary>Labels of images that were pushed before Berth indexed labels, as migration 0018 has them found.</summary>
public sealed class LabelIndexTests : IAsyncLifetime
{
    private readonly TestServer _server = new();
    private TestImage _image = null!;

    public async ValueTask InitializeAsync()
    {
        await _server.InitializeAsync();
        _image = await TestImage.Fresh(_server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Older_images_are_found_by_their_labels_after_an_upgrade()
    {
        // More than one step looks at.
        var digests = new List<string>();
        for (var i = 0; i < 60; i++)
            digests.Add(await Push($"v{i}"));
        await _image.Attach(digests[0], 1, "application/vnd.example+json", "text/plain", "no image has no labels");
        await Eventually.True(async () => await Labels() == 60);
        await Forget("0:");
        await Eventually.True(async () => await Labels() == 60 && await Tasks() == 0);
        Assert.Equal(20, (await Find("kept=by+")).Count);
        var found = Assert.Single(await Find("name=v7"));
        Assert.Equal((digests[7], "v7"), (found.GetProperty("digest").GetString(), found.GetProperty("tag").GetString()));
    }

    [Fact]
    public async Task Indexing_goes_on_where_it_stood()
    {
        await Push("v1");
        await Push("v2");
        await Eventually.True(async () => await Labels() == 2);
        var first = (await _server.Query<Row>("select repository_id as Repository, digest as Digest from manifests order by digest"))[0];
        await Forget(string.Create(CultureInfo.InvariantCulture, $"{first.Repository}:{Convert.ToHexString(first.Digest)}"));
        await Eventually.True(async () => await Tasks() == 0);
        Assert.Equal([0L], await _server.Query<long>("select count(*) from manifest_labels where digest = @Digest", first));
        Assert.Equal(1, await Labels());
    }

    [Fact]
    public async Task Missing_store_is_asked_again()
    {
        await Push("v1");
        await Eventually.True(async () => await Labels() == 1);
        _server.Storage.Fail(StorageOperation.OpenBlob, Fault.InputOutputError);
        await Forget("0:");
        await Eventually.True(async () => (await _server.Query<long>("select attempts from tasks where kind = 'index_labels'")) is [1]);
        _server.Storage.Heal();
        _server.Clock.AdvanceWithTimers(TimeSpan.FromSeconds(11));
        await Eventually.True(async () => await Labels() == 1 && await Tasks() == 0);
    }

    private Task<string> Push(string tag) => _image.Push(tag, TestImage.Config(new JsonObject { ["Labels"] = new JsonObject { ["name"] = tag, ["kept"] = "by " + tag } }));

    /// <summary>The database as a version without labels left it, and as the migration leaves it.</summary>
    private async Task Forget(string place)
    {
        await _server.Database.Write(transaction =>
        {
            transaction.Execute("delete from manifest_labels where repository_id > 0");
            transaction.Execute("insert into tasks (kind, payload, run_at, attempts, created_at) values ('index_labels', @place, 0, 0, 0)", new { place });
        });
        _server.Clock.AdvanceWithTimers(TimeSpan.FromSeconds(11));
    }

    private async Task<long> Labels() => (await _server.Query<long>("select count(*) from manifest_labels where key = 'name'")).Single();

    private async Task<long> Tasks() => (await _server.Query<long>("select count(*) from tasks where kind = 'index_labels'")).Single();

    private async Task<List<System.Text.Json.JsonElement>> Find(string label) => [.. (await Api.Get(_server, $"/registry/search?kind=label&q={label}", _image.Owner.Token)).EnumerateArray()];

    private sealed record Row(long Repository, byte[] Digest);
}
