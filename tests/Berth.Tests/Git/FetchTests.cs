using System.Net;
using Berth.Tests.Harness;

namespace Berth.Tests.Git;

public sealed class FetchTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("2")]
    public async Task Every_protocol_version_clones_fetches_and_pushes(string version)
    {
        var (user, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        using var other = new GitClient();
        await other.Ok("-c", $"protocol.version={version}", "clone", "--quiet", GitClient.Url(server, path + ".git", user), ".");
        var pushed = await client.Commit("b.txt", "b");
        await client.Ok("-c", $"protocol.version={version}", "push", "origin", "main");
        await other.Ok("-c", $"protocol.version={version}", "pull", "--quiet");
        Assert.Equal(pushed, await other.Head());
    }

    [Fact]
    public async Task A_job_gets_one_commit_deep_and_by_its_id_even_from_no_branch()
    {
        var (user, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        var lost = await client.Commit("b.txt", "b");
        await client.Ok("push", "origin", "main:topic");
        await client.Ok("push", "origin", ":topic");
        using var job = new GitClient();
        await job.Ok("init", "--quiet");
        await job.Ok("fetch", "--depth", "1", GitClient.Url(server, path + ".git", user), lost);
        Assert.Equal("1\n", await job.Ok("rev-list", "--count", "FETCH_HEAD"));
        using var old = new GitClient();
        await old.Ok("init", "--quiet");
        await old.Ok("-c", "protocol.version=0", "fetch", "--depth", "1", GitClient.Url(server, path + ".git", user), lost);
    }

    [Fact]
    public async Task A_project_without_commits_is_cloned_empty()
    {
        var user = await server.NewUser([.. GitFixture.GitScopes, "api"]);
        await server.Send(HttpMethod.Post, "/api/v4/projects", System.Net.Http.Json.JsonContent.Create(new { name = "bare" }), token: user.Token);
        using var client = new GitClient();
        Assert.Contains("empty repository", await client.Ok("clone", GitClient.Url(server, $"{user.Name}/bare.git", user), "."), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_ending_git_is_led_to_it()
    {
        var (user, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        using var reply = await server.Send(HttpMethod.Get, $"/{path}/info/refs?service=git-upload-pack");
        Assert.Equal(HttpStatusCode.MovedPermanently, reply.StatusCode);
        Assert.Equal($"/{path}.git/info/refs?service=git-upload-pack", reply.Headers.Location!.OriginalString);
        using var other = new GitClient();
        await other.Ok("clone", "--quiet", GitClient.Url(server, path, user), ".");
        Assert.Equal(await client.Head(), await other.Head());
        await client.Ok("push", GitClient.Url(server, path, user), "main:other");
    }

    [Fact]
    public async Task The_dumb_protocol_is_refused_in_words()
    {
        var (_, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        foreach (var dumb in (string[])["HEAD", "objects/info/packs", "objects/ab/cdef"])
        {
            using var reply = await server.Send(HttpMethod.Get, $"/{path}.git/{dumb}");
            Assert.Equal(HttpStatusCode.Forbidden, reply.StatusCode);
            Assert.Contains("smart HTTP", await reply.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }
        using var refs = await server.Send(HttpMethod.Get, $"/{path}.git/info/refs", basic: $"root:{TestServer.RootToken}");
        Assert.Equal(HttpStatusCode.Forbidden, refs.StatusCode);
    }

    [Theory]
    [InlineData("info")]
    [InlineData("objects")]
    [InlineData("git-upload-pack")]
    [InlineData("refs")]
    [InlineData("a.b-c_d")]
    public async Task Projects_may_have_the_words_of_gits_own_paths(string name)
    {
        var user = await server.NewUser([.. GitFixture.GitScopes, "api"]);
        using var client = await GitClient.WithCommit(GitClient.Url(server, $"{user.Name}/{name}.git", user));
        await client.Ok("push", "origin", "main");
        Assert.Contains(await client.Head(), await client.Ok("ls-remote", "origin"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_of_the_registrys_own_serves_no_git()
    {
        await using var own = new TestServer { RegistryExternalUrl = new Uri("http://registry.test") };
        await own.InitializeAsync();
        using var there = await own.Send(HttpMethod.Get, "/root/hello.git/info/refs?service=git-upload-pack", with: request => request.Headers.Host = "registry.test");
        Assert.Equal(HttpStatusCode.NotFound, there.StatusCode);
        using var here = await own.Send(HttpMethod.Get, "/root/hello.git/info/refs?service=git-upload-pack");
        Assert.Equal(HttpStatusCode.Unauthorized, here.StatusCode);
    }
}
