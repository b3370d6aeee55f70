using System.Security.Cryptography;
using Berth.Tests.Harness;

namespace Berth.Tests.Git;

/// <summary>Alone, because it counts what the whole process allocates.</summary>
[CollectionDefinition(nameof(LargePushTests), DisableParallelization = true)]
[Collection(nameof(LargePushTests))]
public sealed class LargePushTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fifty_megabytes_are_pushed_and_cloned_without_being_held_in_memory()
    {
        var (user, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        await File.WriteAllBytesAsync(Path.Combine(client.Work, "large"), RandomNumberGenerator.GetBytes(50_000_000), Cancel);
        await client.Commit("small", "s");
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await client.Ok("push", "--quiet", "origin", "main");
        using var other = new GitClient();
        await other.Ok("clone", "--quiet", GitClient.Url(server, path + ".git", user), ".");
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.Equal(50_000_000, new FileInfo(Path.Combine(other.Work, "large")).Length);
        Assert.True(allocated < 20_000_000, $"{allocated} bytes were allocated for 100 MB that passed through");
    }
}
