using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Access.Registry;
using Berth.Server.Database;
using Berth.Tests.Harness;

namespace Berth.Tests.Access;

/// <summary>What is remembered of projects, and for how long.</summary>
public sealed class ImageTargetsTests(TestServer shared) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_change_bites_at_once_while_another_request_still_reads_the_rights_version()
    {
        var user = await shared.NewUser();
        await (await RegistryClient.For(shared, user, $"{user.Name}/hello")).PushImage("latest");
        Assert.True(RepositoryName.TryParse($"{user.Name}/hello", out var name));
        var database = new SlowDatabase(shared.Database);
        var targets = new ImageTargets(database, new SteppedClock());
        Assert.Equal(Visibility.Private, await VisibilityOf(targets, name));
        await Projects.SetVisibility(shared, user, "hello", "public");
        targets.Forget();
        database.HoldNext();
        var slow = VisibilityOf(targets, name);
        Assert.Equal(Visibility.Public, await VisibilityOf(targets, name));
        database.Release();
        Assert.Equal(Visibility.Public, await slow);
    }

    private static async Task<Visibility> VisibilityOf(ImageTargets targets, RepositoryName name) =>
        Assert.IsType<ImageTarget.InProject>((await targets.Recall(name, Caller.Anonymous, TestContext.Current.CancellationToken))?.Target
            ?? (await targets.Read(name, Caller.Anonymous, TestContext.Current.CancellationToken)).Target).Project.Visibility;

    /// <summary>The server's database, one read of which waits until the test lets it go on.</summary>
    private sealed class SlowDatabase(MetadataDatabase inner) : MetadataDatabase(inner.Dialect)
    {
        private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _held;

        public void HoldNext() => _held = 1;

        public void Release() => _release.SetResult();

        protected override async ValueTask<ReadConnection> Rent(CancellationToken cancellationToken)
        {
            if (Interlocked.Exchange(ref _held, 0) == 1)
                await _release.Task.WaitAsync(cancellationToken);
            return await inner.OpenRead(cancellationToken);
        }

        public override Task<T> Write<T>(Func<WriteTransaction, T> work, Durability durability = Durability.Power) => inner.Write(work, durability);

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
