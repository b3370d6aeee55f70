using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Operation;

/// <summary>What a server costs that nobody uses.</summary>
public sealed class RestTests
{
    private const long MostAtRest = 100_000_000;

    /// <summary>What minutes of rest make of it is measured by bench/compare.</summary>
    [Fact]
    public async Task Server_at_rest_has_at_most_100_MB_resident_on_new_data_and_on_old()
    {
        await using var berth = await BerthProgram.Start();
        await Rest(berth, "on new data");
        Assert.Equal(0, await berth.Stop());
        await berth.Restart();
        await Rest(berth, "on old data");
        Assert.Equal(0, await berth.Stop());
    }

    private static async Task Rest(BerthProgram berth, string data)
    {
        // The start gives back what it left in less than a second after it is ready.
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        for (var second = 0; second < 10; second++)
        {
            var resident = await berth.ResidentMemory();
            Assert.True(resident <= MostAtRest, $"{resident / 1e6:0.0} MB {data}, {second + 5} s after it was ready");
            await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{await berth.ResidentMemory() / 1e6:0.0} MB {data}");
    }
}
