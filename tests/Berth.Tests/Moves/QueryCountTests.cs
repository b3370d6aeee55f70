using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Access.Login;
using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;
using Berth.Server.Database;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Moves;

/// <summary>The database is asked as often about an old name that the caller may not see as about one that never was.</summary>
public sealed class QueryCountTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_old_name_costs_a_stranger_as_many_queries_as_one_that_never_was()
    {
        var (owner, stranger) = (await server.NewUser(), await server.NewUser());
        var (id, image, _, _) = await Place.WithImage(server, owner);
        await Api.Put(server, $"/projects/{id}", owner.Token, new { path = "next" });
        var inGroup = image[..^3] + "other";
        var (_, gone, other, _) = await Place.WithImage(server, owner);
        await Api.Put(server, $"/groups/{other}", owner.Token, new { path = Place.Fresh() });
        foreach (var caller in new[] { Caller.Anonymous, new Caller(CredentialKind.Password, stranger.Id, stranger.Id, stranger.Name, false, TokenScopes.All) })
        {
            var never = await Count(caller, $"{Place.Fresh()}/app");
            Assert.Equal(never, await Count(caller, gone));
            Assert.Equal(never, await Count(caller, image));
            Assert.Equal(never, await Count(caller, inGroup));
            Assert.Equal(await CountPath(Place.Fresh()), await CountPath(gone));
        }
    }

    private async Task<int> Count(Caller caller, string image)
    {
        var database = new CountingDatabase(server.Database);
        var decisions = new RegistryDecisions(new ImageTargets(database, new StoppedClock()));
        foreach (var action in new[] { RegistryActions.Pull, RegistryActions.Push })
            Assert.True((await decisions.Decide(caller, RepositoryName.Parse(image), action, Cancel)).Decision.Hides);
        return database.Reads;
    }

    private async Task<int> CountPath(string path)
    {
        var database = new CountingDatabase(server.Database);
        await new ProjectRows(database, TimeProvider.System).Find(path, Cancel);
        await new GroupRows(database, TimeProvider.System).Find(path, Cancel);
        return database.Reads;
    }

    /// <summary>Time stands still, so that nothing is read because a second is over.</summary>
    private sealed class StoppedClock : TimeProvider
    {
        private readonly DateTimeOffset _now = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => _now;
    }

    private sealed class CountingDatabase(MetadataDatabase inner) : MetadataDatabase(inner.Dialect)
    {
        public int Reads { get; private set; }

        protected override ValueTask<ReadConnection> Rent(CancellationToken cancellationToken)
        {
            Reads++;
            return inner.OpenRead(cancellationToken);
        }

        public override Task<T> Write<T>(Func<WriteTransaction, T> work, Durability durability = Durability.Power) => inner.Write(work, durability);

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
