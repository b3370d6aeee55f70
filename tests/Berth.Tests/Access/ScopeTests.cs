using System.Net;
using Berth.Tests.Harness;

namespace Berth.Tests.Access;

/// <summary>The scopes that are for a few routes alone, each with what it opens and one thing that it does not.</summary>
public sealed class ScopeTests(TestServer server)
{
    [Theory]
    [InlineData("read_user", HttpStatusCode.OK)]
    [InlineData("read_api", HttpStatusCode.OK)]
    [InlineData("api", HttpStatusCode.OK)]
    [InlineData("self_rotate", HttpStatusCode.Forbidden)]
    [InlineData("read_repository", HttpStatusCode.Forbidden)]
    public async Task User_is_shown_to_read_user(string scope, HttpStatusCode status)
    {
        var user = await server.NewUser(scope);
        await Tokens.Get(server, "user", user.Token, status);
    }

    [Fact]
    public async Task Read_api_makes_nothing_and_lists_tokens()
    {
        var user = await server.NewUser("read_api");
        await Tokens.Get(server, "personal_access_tokens", user.Token);
        await Tokens.Post(server, "user/personal_access_tokens", user.Token, new { name = "x", scopes = new[] { "read_api" } }, HttpStatusCode.Forbidden);
        await Tokens.Delete(server, $"personal_access_tokens/{user.TokenId}", user.Token, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Runners_are_made_by_create_runner_and_changed_by_manage_runner()
    {
        var creates = (await server.NewToken(1, "create_runner")).Secret();
        var manages = (await server.NewToken(1, "manage_runner")).Secret();
        var body = new { runner_type = "instance_type", description = "of a scope", run_untagged = true };
        await Tokens.Post(server, "user/runners", manages, body, HttpStatusCode.Forbidden);
        var runner = await Tokens.Post(server, "user/runners", creates, body);
        await Tokens.Call(server, HttpMethod.Put, $"runners/{runner.Id()}", creates, HttpStatusCode.Forbidden, new { paused = true });
        await Tokens.Call(server, HttpMethod.Put, $"runners/{runner.Id()}", manages, HttpStatusCode.OK, new { paused = true });
        await Tokens.Delete(server, $"runners/{runner.Id()}", manages);
    }

    [Fact]
    public async Task Registry_login_needs_a_scope_of_the_registry_and_says_so()
    {
        var user = await server.NewUser("read_user", "read_repository", "self_rotate");
        using var reply = await server.Send(HttpMethod.Get, "/jwt/auth?service=container_registry", basic: user.Basic);
        Assert.Contains("none of the scopes read_registry and write_registry", await RegistryClient.Refusal(reply, HttpStatusCode.Forbidden), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Impersonation_token_does_in_registry_and_git_what_its_user_may()
    {
        var (owner, path, _) = await Tokens.Project(server);
        var made = await Tokens.Post(server, $"users/{owner.Id}/impersonation_tokens", TestServer.RootToken, new { name = "support", scopes = new[] { "read_registry", "write_repository" } });
        Assert.Equal("pull", await Tokens.Granted(server, "x:" + made.Secret(), path));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), await Tokens.Git(server, "x:" + made.Secret(), path));
    }
}
