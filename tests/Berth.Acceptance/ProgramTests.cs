using System.Net;
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
}
