using Berth.Server.Git;
using Berth.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Tests.Git;

public sealed class PushTests(TestServer server)
{
    private static readonly string Zero = new('0', 40);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_push_to_a_new_path_in_the_own_namespace_makes_a_private_project()
    {
        var (user, path, client) = await GitFixture.Fresh(server);
        using var _ = client;
        await client.Ok("push", "origin", "main");
        var reply = await server.Send(HttpMethod.Get, "/api/v4/projects/" + Uri.EscapeDataString(path), token: user.Token);
        Assert.Contains("\"visibility\":\"private\"", await reply.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using var other = new GitClient();
        await other.Ok("clone", "--quiet", GitClient.Url(server, path + ".git", user), "copy");
        Assert.Equal("hello\n", await File.ReadAllTextAsync(Path.Combine(other.Work, "copy", "README.md"), Cancel));
    }

    [Fact]
    public async Task The_project_keeps_the_upper_case_that_the_push_named()
    {
        var user = await server.NewUser([.. GitFixture.GitScopes, "api"]);
        using var client = await GitClient.WithCommit(GitClient.Url(server, $"{user.Name}/My.Project_1.git", user));
        await client.Ok("push", "origin", "main");
        var reply = await server.Send(HttpMethod.Get, "/api/v4/projects/" + Uri.EscapeDataString($"{user.Name}/my.project_1"), token: user.Token);
        Assert.Contains($"\"path_with_namespace\":\"{user.Name}/My.Project_1\"", await reply.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        await client.Ok("ls-remote", GitClient.Url(server, $"{user.Name}/MY.PROJECT_1.git", user));
    }

    [Fact]
    public async Task Every_move_of_a_push_is_on_the_journal_when_the_client_is_told()
    {
        var (user, path, client) = await GitFixture.Fresh(server);
        using var _ = client;
        await client.Ok("tag", "v1");
        await client.Ok("push", "origin", "main", "v1");
        var first = await client.Head();
        Assert.Equal([("refs/heads/main", Zero, first), ("refs/tags/v1", Zero, first)], await Moves(path));
        var second = await client.Commit("a.txt", "a");
        await client.Ok("push", "-o", "ci.skip", "-o", "x=y", "origin", "main");
        var move = (await GitFixture.Done(server, path))[^1];
        Assert.Equal(("refs/heads/main", first, second), (move.Ref, move.OldObject, move.NewObject));
        Assert.Equal("ci.skip\nx=y", move.PushOptions);
        Assert.Equal(user.Id, move.UserId);
        Assert.Equal($"pat:{user.TokenId}", move.Credential);
        Assert.Empty(await GitFixture.Intended(server, path));
    }

    [Fact]
    public async Task Force_push_and_deletion_of_branches_and_tags_are_done_and_on_the_journal()
    {
        var (_, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        var first = await client.Head();
        await client.Ok("commit", "--quiet", "--amend", "--message", "Other");
        var second = await client.Head();
        Assert.Contains("rejected", await client.Fails("push", "origin", "main"), StringComparison.Ordinal);
        await client.Ok("push", "--force", "origin", "main");
        await client.Ok("push", "origin", "main:topic", "main:refs/tags/v1");
        await client.Ok("push", "origin", ":topic", ":refs/tags/v1");
        Assert.Equal(
            [
                ("refs/heads/main", Zero, first), ("refs/heads/main", first, second),
                ("refs/heads/topic", Zero, second), ("refs/tags/v1", Zero, second),
                ("refs/heads/topic", second, Zero), ("refs/tags/v1", second, Zero),
            ],
            await Moves(path));
        Assert.Equal($"{second}\tHEAD\n{second}\trefs/heads/main\n", await client.Ok("ls-remote", "origin"));
    }

    [Fact]
    public async Task The_first_pushed_branch_becomes_the_default_one_and_stays_it()
    {
        var (user, path, client) = await GitFixture.Fresh(server);
        using var _ = client;
        await client.Ok("push", "origin", "main:trunk");
        await client.Ok("push", "origin", "main");
        using var other = new GitClient();
        await other.Ok("clone", "--quiet", GitClient.Url(server, path + ".git", user), ".");
        Assert.Equal("trunk\n", await other.Ok("branch", "--show-current"));
        Assert.Equal("trunk", await server.Services.GetRequiredService<GitRepositories>().DefaultBranch(await GitFixture.ProjectId(server, path), Cancel));
    }

    [Fact]
    public async Task The_default_branch_cannot_be_deleted()
    {
        var (_, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        Assert.Contains("current branch", await client.Fails("push", "origin", ":main"), StringComparison.Ordinal);
        Assert.Single(await Moves(path));
    }

    [Fact]
    public async Task Of_several_first_branches_main_becomes_the_default_one()
    {
        var (_, path, client) = await GitFixture.Fresh(server);
        using var _ = client;
        await client.Ok("push", "origin", "main:a", "main", "main:z");
        Assert.Equal("main", await server.Services.GetRequiredService<GitRepositories>().DefaultBranch(await GitFixture.ProjectId(server, path), Cancel));
    }

    [Fact]
    public async Task Pushes_to_different_branches_at_once_all_succeed()
    {
        var (_, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => client.Ok("push", "--quiet", "origin", $"main:refs/heads/b{i}")));
        Assert.Equal(7, (await Moves(path)).Count);
    }

    [Fact]
    public async Task Of_pushes_to_one_branch_at_once_exactly_the_winner_is_on_the_journal()
    {
        var (user, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        var before = await client.Head();
        var rivals = new List<GitClient>();
        for (var i = 0; i < 4; i++)
        {
            var rival = new GitClient();
            rivals.Add(rival);
            await rival.Ok("clone", "--quiet", GitClient.Url(server, path + ".git", user), ".");
            await rival.Commit($"{i}.txt", $"{i}");
        }
        var outcomes = await Task.WhenAll(rivals.Select(rival => rival.Run("push", "origin", "main")));
        var heads = await Task.WhenAll(rivals.Select(rival => rival.Head()));
        rivals.ForEach(rival => rival.Dispose());
        var winner = Assert.Single(Enumerable.Range(0, rivals.Count), i => outcomes[i].Code == 0);
        Assert.Equal(("refs/heads/main", before, heads[winner]), (await Moves(path))[^1]);
        Assert.Equal(2, (await Moves(path)).Count);
        Assert.Empty(await GitFixture.Intended(server, path));
    }

    [Fact]
    public async Task Refs_of_the_server_cannot_be_pushed_but_fetched()
    {
        var (_, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        var head = await client.Head();
        Assert.Contains("deny updating a hidden ref", await client.Fails("push", "origin", "main:refs/pipelines/1"), StringComparison.Ordinal);
        Assert.Single(await Moves(path));
        await (await GitFixture.Repository(server, path)).SetRef("refs/pipelines/1", head);
        await client.Ok("-c", "protocol.version=2", "fetch", "origin", "+refs/pipelines/1:refs/pipelines/1", "+refs/heads/main:refs/remotes/origin/main", "--depth", "20");
        Assert.Equal(head, (await client.Ok("rev-parse", "refs/pipelines/1")).Trim());
        Assert.Contains("deny", await client.Fails("push", "origin", ":refs/pipelines/1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_follows_from_a_push_takes_it_off_the_journal_once()
    {
        var (_, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        var move = Assert.Single(await GitFixture.Done(server, path));
        await Eventually.True(async () => Assert.Single(await GitFixture.Done(server, path)).State == (long)RefMoveState.Processed);
        Assert.False(await server.Database.Write(transaction => RefMoves.MarkProcessed(transaction, move.Id)));
    }

    private async Task<List<(string Ref, string Old, string New)>> Moves(string path) =>
        [.. (await GitFixture.Done(server, path)).Select(move => (move.Ref, move.OldObject, move.NewObject))];
}
