using Berth.Server.Git;
using Berth.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Tests.Git;

/// <summary>What a start finds after a server that died in the middle of pushes.</summary>
public sealed class SettleTests(TestServer server)
{
    private static readonly string Zero = new('0', 40);
    private static readonly string[] Ids = [.. "0123456789".Select(c => new string(c, 40))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Moves_that_git_had_made_are_done_and_the_others_wait_an_hour_before_they_are_void()
    {
        await using var own = new TestServer();
        await own.InitializeAsync();
        var (_, path, client) = await GitFixture.Pushed(own);
        using var _ = client;
        var repository = await GitFixture.Repository(own, path);
        var (before, after) = (await client.Head(), await client.Commit("a", "a"));
        await client.Ok("push", "origin", "main:refs/heads/other");
        var project = await GitFixture.ProjectId(own, path);
        await Insert(own, project, "refs/heads/main", before, after);
        await Insert(own, project, "refs/heads/never", Zero, after);
        await Insert(own, project, "refs/heads/other", after, Zero);
        // git moved the one and deleted the other; then the server died.
        await repository.SetRef("refs/heads/main", after);
        await repository.DeleteRef("refs/heads/other");
        var settled = (await GitFixture.Done(own, path)).Count;
        await own.Stop();
        await own.Start();
        await Eventually.True(async () => (await GitFixture.Done(own, path)).Count == settled + 2);
        Assert.Equal(["refs/heads/never"], (await GitFixture.Intended(own, path)).Select(move => move.Ref));
        var settler = own.Services.GetRequiredService<RefMoveSettler>();
        await settler.Settle(Cancel);
        Assert.Single(await GitFixture.Intended(own, path));
        own.Clock.Advance(TimeSpan.FromMinutes(61));
        await settler.Settle(Cancel);
        Assert.Empty(await GitFixture.Intended(own, path));
        Assert.Equal(settled + 2, (await GitFixture.Done(own, path)).Count);
    }

    [Fact]
    public async Task A_settled_first_branch_becomes_the_default_one()
    {
        var (user, path, client) = await GitFixture.Fresh(server);
        using var _ = client;
        // The project comes to be by asking whether one may push; the push itself is cut off.
        await server.Send(HttpMethod.Get, $"/{path}.git/info/refs?service=git-receive-pack", basic: user.Basic);
        var repository = await GitFixture.Repository(server, path);
        var project = await GitFixture.ProjectId(server, path);
        await client.Ok("push", repository.Path, "main:trunk");
        await Insert(server, project, "refs/heads/trunk", Zero, await client.Head());
        await server.Services.GetRequiredService<RefMoveSettler>().Settle(await GitFixture.Intended(server, path), Cancel);
        Assert.Equal("trunk", await server.Services.GetRequiredService<GitRepositories>().DefaultBranch(project, Cancel));
        Assert.Single(await GitFixture.Done(server, path));
    }

    [Fact]
    public void Moves_behind_one_another_all_happened_if_the_last_did()
    {
        var moves = new[] { Move(1, Ids[0], Ids[1]), Move(2, Ids[1], Ids[2]), Move(3, Ids[2], Ids[3]) };
        Assert.Equal([1, 2, 3], RefMove.Happened(moves, Ids[3]).Order());
        Assert.Equal([1, 2], RefMove.Happened(moves, Ids[2]).Order());
        Assert.Empty(RefMove.Happened(moves, Ids[0]));
        Assert.Empty(RefMove.Happened(moves, Ids[9]));
    }

    [Fact]
    public void A_move_and_its_way_back_both_happened()
    {
        var moves = new[] { Move(1, Ids[1], Ids[2]), Move(2, Ids[2], Ids[1]) };
        Assert.Equal([1, 2], RefMove.Happened(moves, Ids[1]).Order());
        Assert.Equal([1], RefMove.Happened(moves, Ids[2]).Order());
    }

    [Fact]
    public void Of_two_equal_moves_the_one_that_is_known_to_be_done_is_taken()
    {
        var moves = new[] { Move(1, Ids[1], Ids[2], RefMoveState.Done), Move(2, Ids[1], Ids[2]) };
        Assert.Equal([1], RefMove.Happened(moves, Ids[2]));
    }

    private static RefMove Move(long id, string from, string to, RefMoveState state = RefMoveState.Intended) =>
        new(id, 1, 1, "pat:1", "refs/heads/main", from, to, "", (long)state, 0);

    private static Task Insert(TestServer server, long project, string name, string from, string to) =>
        server.Database.Write(transaction => transaction.QuerySingle<long>(GitQueries.InsertMove, new
        {
            projectId = project,
            userId = (long?)null,
            credential = "pat:1",
            refName = name,
            oldObject = from,
            newObject = to,
            pushOptions = "",
            now = Berth.Server.Database.Clock.Micros(server.Clock),
        }));
}
