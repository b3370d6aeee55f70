using System.Net;
using System.Text.Json.Nodes;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance;

public sealed class ProgramTests
{
    [Fact]
    public async Task The_published_program_starts_answers_and_ends_with_0_at_SIGTERM()
    {
        await using var berth = await BerthProgram.Start();
        using var client = new HttpClient();
        using var ping = await client.GetAsync($"{berth.Url}/v2/", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, ping.StatusCode);
        Assert.Contains($"docker push {berth.Registry}/root/hello", berth.Output, StringComparison.Ordinal);
        Assert.Equal(0, await berth.Stop());
    }

    /// <summary>The document is made by reflection, so it tells whether trimming took anything that the program shows.</summary>
    [Fact]
    public async Task The_published_program_describes_its_API_as_the_tested_one_does()
    {
        await using var berth = await BerthProgram.Start();
        using var client = RestApi.Client(berth);
        var described = JsonNode.Parse(await client.GetStringAsync("openapi.json", TestContext.Current.CancellationToken))!.AsObject();
        described.Remove("servers");
        var tested = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs/openapi.json"), TestContext.Current.CancellationToken));
        Assert.True(JsonNode.DeepEquals(tested, described), $"The published program's differs from docs/openapi.json:\n{described}");
    }
}
