using System.Globalization;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Durability;

/// <summary>The server is killed as by <c>kill -9</c>, at any moment, while 8 clients push. TEST_KILL_ROUNDS: how often.</summary>
public sealed class KillTests
{
    private const int Clients = 8;

    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("TEST_KILL_ROUNDS") ?? "20", CultureInfo.InvariantCulture);

    private readonly Random _random = new();

    [Fact]
    public async Task Kill_while_8_clients_push_loses_nothing_acknowledged()
    {
        await using var berth = await BerthProgram.Start();
        await KillAgainAndAgain(berth, Rounds);
    }

    [Fact]
    public async Task Kill_while_8_clients_push_loses_nothing_acknowledged_on_PostgreSQL()
    {
        await using var database = await PostgresScratch.Create();
        await using var berth = await BerthProgram.Start(new Dictionary<string, string> { ["Database__ConnectionString"] = database.ConnectionString });
        await KillAgainAndAgain(berth, Math.Max(4, Rounds / 5));
    }

    private async Task KillAgainAndAgain(BerthProgram berth, int rounds)
    {
        var clients = Enumerable.Range(0, Clients).Select(number => new PushingClient(berth.Url, $"root/kill/client{number}", _random.Next())).ToArray();
        try
        {
            for (var round = 0; round < rounds; round++)
                await Round(berth, clients, round);
            await Task.WhenAll(clients.Select(client => client.Resume()));
            await Task.WhenAll(clients.Select(client => client.Verify(everything: true)));
            Assert.Equal(0, await berth.Stop());
            await CheckStore(berth);
        }
        finally
        {
            foreach (var client in clients)
                client.Dispose();
        }
        // Otherwise the rounds were too short to test anything.
        Assert.True(clients.Sum(client => client.Count) > 5 * rounds, $"only {clients.Sum(client => client.Count)} blobs and manifests were pushed in {rounds} rounds");
        Assert.True(clients.Sum(client => client.Resumed) > 0, "no upload was ever resumed");
    }

    private async Task Round(BerthProgram berth, PushingClient[] clients, int round)
    {
        var shared = Enumerable.Range(0, 4).Select(_ => NextBytes(_random.Next(10_000, 500_000))).ToArray();
        var pushing = clients.Select(client => client.PushUntilCut(shared)).ToArray();
        // A push that goes wrong ends the round at once.
        var failed = Task.WhenAny(pushing);
        await Task.WhenAny(failed, Task.Delay(_random.Next(10, 1500), TestContext.Current.CancellationToken));
        await berth.Kill();
        await Task.WhenAll(pushing);
        if (round % 4 == 3)
        {
            berth.Launch();
            await Task.Delay(_random.Next(500), TestContext.Current.CancellationToken);
            await berth.Kill();
        }
        // Now on what the kill left, now on what the next start has made of it.
        if (round % 2 == 0)
            await CheckStore(berth);
        await berth.Restart();
        if (round % 2 == 1)
            await CheckStore(berth);
        // In every third round the clients go on at once, and the next kill may hit what they resume.
        if (round % 3 == 2)
            return;
        await Task.WhenAll(clients.Select(client => client.Resume()));
        await Task.WhenAll(clients.Select(client => client.Verify(everything: false)));
    }

    private static async Task CheckStore(BerthProgram berth) =>
        Assert.Contains(" 0 problems", (await berth.Verb("fsck")).Succeeded(), StringComparison.Ordinal);

    private byte[] NextBytes(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }
}
