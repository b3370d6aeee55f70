using System.Net;
using Berth.Tests.Harness;

namespace Berth.Tests.Git;

public sealed class GitAccessTests(TestServer server)
{
    private const string Fetch = "info/refs?service=git-upload-pack";
    private const string Push = "info/refs?service=git-receive-pack";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_credentials_git_is_asked_for_them_whether_the_project_is_there_or_not()
    {
        var (_, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        foreach (var asked in (string[])[path, path + "-not-there"])
        {
            using var reply = await server.Send(HttpMethod.Get, $"/{asked}.git/{Fetch}");
            Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
            Assert.Equal("Basic realm=\"Berth\"", reply.Headers.WwwAuthenticate.ToString());
        }
    }

    [Fact]
    public async Task A_password_and_a_token_under_any_user_name_open_the_own_project()
    {
        var (user, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        await client.Ok("ls-remote", GitClient.Url(server, path + ".git", user, user.Password));
        await client.Ok("ls-remote", GitClient.Url(server, path + ".git", user with { Name = "oauth2" }));
    }

    [Fact]
    public async Task A_wrong_password_is_told_so()
    {
        var (user, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        var output = await client.Fails("ls-remote", GitClient.Url(server, path + ".git", user, "wrong password"));
        Assert.Contains("remote: HTTP Basic: Access denied", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("read_repository", true, false)]
    [InlineData("write_repository", true, true)]
    [InlineData("api", true, true)]
    [InlineData("read_api", false, false)]
    [InlineData("write_registry", false, false)]
    public async Task A_token_does_what_its_scope_says(string scope, bool reads, bool writes)
    {
        var (user, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        var secret = (await server.NewToken(user.Id, scope)).GetProperty("token").GetString();
        var url = GitClient.Url(server, path + ".git", user, secret);
        var (read, said) = await client.Run("ls-remote", url);
        Assert.Equal(reads, read == 0);
        if (!reads)
            Assert.Contains("remote: the token lacks the scope read_repository", said, StringComparison.Ordinal);
        var (write, answer) = await client.Run("push", url, "main:other");
        Assert.Equal(writes, write == 0);
        if (!writes)
            Assert.Contains("remote: the token lacks the scope write_repository", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Anothers_private_project_is_as_one_that_is_not_there()
    {
        var (_, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        var stranger = await server.NewUser(GitFixture.GitScopes);
        foreach (var what in (string[])[Fetch, Push])
        {
            using var hidden = await server.Send(HttpMethod.Get, $"/{path}.git/{what}", basic: stranger.Basic);
            using var absent = await server.Send(HttpMethod.Get, $"/{path}x.git/{what}", basic: stranger.Basic);
            Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
            Assert.Equal((await hidden.Content.ReadAsStringAsync(Cancel)).Replace(path, path + "x", StringComparison.Ordinal), await absent.Content.ReadAsStringAsync(Cancel));
        }
        Assert.Contains("not found", await client.Fails("ls-remote", GitClient.Url(server, path + ".git", stranger)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_project_is_cloned_by_everyone_and_pushed_to_by_members_alone()
    {
        var (_, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        await GitFixture.Publish(server, path, "public");
        using var anyone = new GitClient();
        await anyone.Ok("clone", "--quiet", GitClient.Url(server, path + ".git"), ".");
        Assert.Equal(await client.Head(), await anyone.Head());
        await anyone.Fails("push", "origin", "main:other");
        var stranger = await server.NewUser(GitFixture.GitScopes);
        var output = await client.Fails("push", GitClient.Url(server, path + ".git", stranger), "main:other");
        Assert.Contains("needs at least the role Developer", output, StringComparison.Ordinal);
        using var post = await server.Send(HttpMethod.Post, $"/{path}.git/git-receive-pack", new ByteArrayContent("0000"u8.ToArray()), basic: stranger.Basic);
        Assert.Equal(HttpStatusCode.Forbidden, post.StatusCode);
    }

    [Fact]
    public async Task A_push_makes_no_project_in_anothers_namespace_nor_under_a_reserved_name()
    {
        var (user, other) = (await server.NewUser(GitFixture.GitScopes), await server.NewUser(GitFixture.GitScopes));
        using var client = await GitClient.WithCommit(GitClient.Url(server, $"{other.Name}/new.git", user));
        Assert.Contains("not found", await client.Fails("push", "origin", "main"), StringComparison.Ordinal);
        Assert.Contains($"no project can be at '{user.Name}/a..b': 'a..b' can contain only", await client.Fails("push", GitClient.Url(server, $"{user.Name}/a..b.git", user), "main"), StringComparison.Ordinal);
        Assert.Contains("reserved name", await client.Fails("push", GitClient.Url(server, $"{user.Name}/admin.git", user), "main"), StringComparison.Ordinal);
        await client.Fails("push", GitClient.Url(server, $"{user.Name}/a/b.git", user), "main");
    }

    [Theory]
    [InlineData("/{0}.git/info/refs?service=git-upload-pack", "a%2Fb")]
    [InlineData("/{0}.git/info/refs?service=git-upload-pack", "a:b")]
    [InlineData("/{0}.git/info/refs?service=git-upload-pack", "a/..%2F..%2Fb")]
    [InlineData("/{0}.git/info/refs?service=git-upload-pack", "-/x")]
    public async Task Odd_paths_are_not_found(string template, string path)
    {
        using var reply = await server.Send(HttpMethod.Get, string.Format(System.Globalization.CultureInfo.InvariantCulture, template, path), basic: $"root:{TestServer.RootToken}");
        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
    }
}
