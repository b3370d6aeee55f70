using System.Text;
using Berth.Server.Git;
using Berth.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Tests.Git;

public sealed class GitRepositoryTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Revisions_are_found_by_branch_tag_full_ref_and_id()
    {
        var (_, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        await client.Ok("tag", "-a", "v1", "-m", "one");
        await client.Ok("push", "origin", "v1");
        var (repository, head) = (await GitFixture.Repository(server, path), await client.Head());
        foreach (var revision in (string[])["main", "refs/heads/main", "v1", "refs/tags/v1", head, "HEAD"])
            Assert.Equal(head, await repository.Resolve(revision, Cancel));
        foreach (var nothing in (string[])["", "nope", "--all", "-x", "main\nmain", "refs/heads/\0", "main:README.md", new string('a', 40)])
            Assert.Null(await repository.Resolve(nothing, Cancel));
    }

    [Fact]
    public async Task Files_are_read_at_a_commit_and_streamed()
    {
        var (_, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        var large = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{i}\n"));
        await client.Commit("dir/sub folder/ünï.txt", large);
        var commit = await client.Commit(".gitlab-ci.yml", "build:\n  script: make\n");
        await client.Ok("push", "origin", "main");
        var repository = await GitFixture.Repository(server, path);
        Assert.Equal("build:\n  script: make\n", await Read(repository, commit, ".gitlab-ci.yml"));
        Assert.Equal(large, await Read(repository, commit, "dir/sub folder/ünï.txt"));
        foreach (var nothing in (string[])["nope", "dir", "", "../hello", "/etc/passwd", "README.md\nREADME.md", "README.md missing"])
            Assert.Null(await repository.OpenFile(commit, nothing, Cancel));
        Assert.Null(await repository.OpenFile("main", "README.md", Cancel));
    }

    [Fact]
    public async Task A_file_over_the_callers_limit_is_known_by_its_size_before_it_is_read()
    {
        var (_, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        await using var file = await (await GitFixture.Repository(server, path)).OpenFile(await client.Head(), "README.md", Cancel);
        Assert.Equal(6, file!.Size);
        await Assert.ThrowsAsync<InvalidOperationException>(() => file.ReadBytes(5, Cancel));
    }

    [Fact]
    public async Task A_commit_tells_author_times_parents_and_message()
    {
        var (_, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        var parent = await client.Head();
        var id = await client.Commit("a", "a", "Tïtle\n\nBody [skip ci]\n");
        await client.Ok("push", "origin", "main");
        var commit = await (await GitFixture.Repository(server, path)).FindCommit(id, Cancel);
        Assert.NotNull(commit);
        Assert.Equal("Tïtle", commit.Title);
        Assert.Equal("Tïtle\n\nBody [skip ci]\n", commit.Message);
        Assert.Equal([parent], commit.Parents);
        Assert.Equal(("Ada", "ada@example.com"), (commit.Author.Name, commit.Author.Email));
        Assert.Equal(new DateTimeOffset(2023, 11, 14, 23, 43, 20, TimeSpan.FromMinutes(90)), commit.Author.At);
        Assert.Null(await (await GitFixture.Repository(server, path)).FindCommit(new string('a', 40), Cancel));
    }

    [Theory]
    [InlineData("author A <a@b> 99999999999999999999 +0000")]
    [InlineData("author A <a@b> -5 +0000")]
    [InlineData("author A <a@b> 12 +9999")]
    [InlineData("author <> 253402300799 +1400")]
    [InlineData("author A <a@b>")]
    public void Broken_times_of_commits_do_not_stop_the_reading(string author)
    {
        var text = $"tree {new string('a', 40)}\n{author}\ncommitter C <c@d> 1 +0000\n\nx";
        Assert.NotNull(GitCommit.Parse(new string('b', 40), Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public async Task Repositories_made_at_once_are_one_and_leave_nothing_behind()
    {
        await using var own = new TestServer();
        await own.InitializeAsync();
        var repositories = own.Services.GetRequiredService<GitRepositories>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => repositories.Open(7)));
        var root = Path.Combine(own.Settings.DataDirectory, "git");
        Assert.Equal([Path.Combine(root, "7.git")], Directory.GetFileSystemEntries(root));
        Assert.Equal("ref: refs/heads/main\n", await File.ReadAllTextAsync(Path.Combine(root, "7.git", "HEAD"), Cancel));
    }

    [Fact]
    public async Task Many_packs_become_one_and_nothing_is_lost()
    {
        var (user, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        await client.Commit("a", "a");
        await client.Ok("push", "origin", "main");
        var repository = await GitFixture.Repository(server, path);
        Assert.Equal(2, repository.CountPacks());
        await repository.Pack(Cancel);
        Assert.Equal(1, repository.CountPacks());
        using var other = new GitClient();
        await other.Ok("clone", "--quiet", GitClient.Url(server, path + ".git", user), ".");
        Assert.Equal(await client.Head(), await other.Head());
    }

    private static async Task<string> Read(GitRepository repository, string commit, string file)
    {
        await using var found = await repository.OpenFile(commit, file, Cancel);
        Assert.NotNull(found);
        using var bytes = new MemoryStream();
        await found.CopyTo(bytes, Cancel);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
