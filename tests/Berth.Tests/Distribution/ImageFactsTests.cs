using System.Net;
using System.Text;
using Berth.Server.Database;
using Berth.Tests.Harness;

namespace Berth.Tests.Distribution;

/// <summary>Platform and creation time, read from the config after the push was answered.</summary>
public sealed class ImageFactsTests(TestServer server)
{
    [Theory]
    [InlineData("""{"architecture":"arm64","os":"linux","variant":"v8","created":"2026-01-02T03:04:05.5Z"}""", "linux/arm64/v8", "2026-01-02T03:04:05.5Z")]
    [InlineData("""{"architecture":"amd64","os":"windows","created":"2026-01-02T05:04:05+02:00"}""", "windows/amd64", "2026-01-02T03:04:05Z")]
    [InlineData("""{"architecture":"amd64"}""", null, null)]
    public async Task Facts_of_the_config_are_written_to_the_manifest(string config, string? platform, string? created)
    {
        var client = await RegistryClient.Fresh(server);
        var bytes = Encoding.UTF8.GetBytes(config);
        await Put(client, "v1", (await client.PushBlob(bytes), bytes.Length));
        await Settle(client);
        var row = Assert.Single(await Rows(client, "v1"));
        Assert.Equal(platform, row.Platform);
        Assert.Equal(created is null ? null : Clock.Micros(DateTimeOffset.Parse(created)), row.CreatedAt);
    }

    [Fact]
    public async Task Config_that_is_nonsense_spoils_nothing()
    {
        var client = await RegistryClient.Fresh(server);
        await Put(client, "v1", (await client.PushBlob([0, 1, 2]), 3));
        await Settle(client);
        Assert.Equal(new FactsRow(null, null), Assert.Single(await Rows(client, "v1")));
    }

    /// <summary>Facts are read in turn: once those of a further push are there, those of the ones before it are too.</summary>
    private async Task Settle(RegistryClient client)
    {
        await client.PushImage("settled");
        while ((await Rows(client, "settled"))[0].Platform is null)
            await Task.Delay(5, TestContext.Current.CancellationToken);
    }

    private static async Task Put(RegistryClient client, string tag, (string, long) config)
    {
        using var put = await client.PutManifest(tag, RegistryClient.Manifest(config));
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
    }

    private Task<List<FactsRow>> Rows(RegistryClient client, string tag) => server.Query<FactsRow>("""
        select m.platform as Platform, m.image_created_at as CreatedAt from tags t
        join manifests m on m.repository_id = t.repository_id and m.digest = t.digest
        join repositories r on r.id = t.repository_id join routes p on p.project_id = r.project_id where p.path_lower = @path and t.name = @tag
        """, new { path = client.Name, tag });

    private sealed record FactsRow(string? Platform, long? CreatedAt);
}
