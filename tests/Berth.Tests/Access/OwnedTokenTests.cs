using System.Globalization;
using System.Net;
using Berth.Tests.Harness;

namespace Berth.Tests.Access;

/// <summary>Project access tokens and their bots.</summary>
public sealed class OwnedTokenTests(TestServer server)
{
    [Theory]
    [InlineData(20, "api", "pull")]
    [InlineData(30, "api", "pull,push")]
    [InlineData(40, "api", "pull,push,delete")]
    [InlineData(40, "read_registry", "pull")]
    [InlineData(10, "api", "")]
    public async Task Token_may_what_its_role_and_scopes_say_in_its_project_alone(int role, string scope, string granted)
    {
        var (owner, path, id) = await Tokens.Project(server);
        var made = await Tokens.Post(server, $"projects/{id}/access_tokens", owner.Token, new { name = "ci", scopes = new[] { scope }, access_level = role });
        Assert.Equal(granted, await Tokens.Granted(server, "x:" + made.Secret(), path));
        Assert.Equal("", await Tokens.Granted(server, "x:" + made.Secret(), $"{owner.Name}/other"));
    }

    [Fact]
    public async Task Token_has_a_bot_that_is_a_member_until_it_is_revoked_and_never_signs_in()
    {
        var (owner, path, id) = await Tokens.Project(server);
        var made = await Tokens.Post(server, $"projects/{id}/access_tokens", owner.Token, new { name = "ci", scopes = new[] { "api", "read_user" }, access_level = 30 });
        Assert.Equal(("project", id, 30), (made.GetProperty("resource_type").GetString(), made.GetProperty("resource_id").GetInt64(), made.GetProperty("access_level").GetInt32()));
        var bot = (await Tokens.Get(server, "user", made.Secret())).GetProperty("username").GetString();
        Assert.Matches($"^project_{id}_bot_[0-9a-f]{{32}}$", bot);
        Assert.Equal([30L], await Roles(made.GetProperty("user_id").GetInt64()));
        Assert.Equal(HttpStatusCode.Unauthorized, await Tokens.Login(server, $"{bot}:password"));
        var (other, _, elsewhere) = await Tokens.Project(server);
        await Tokens.Post(server, $"projects/{elsewhere}/members", other.Token, new { user_id = made.GetProperty("user_id").GetInt64(), access_level = 30 }, HttpStatusCode.NotFound);
        var token = await server.RegistryToken("x:" + made.Secret(), $"repository:{path}:pull");
        await Tokens.Delete(server, $"projects/{id}/access_tokens/{made.Id()}", owner.Token);
        Assert.Empty(await Roles(made.GetProperty("user_id").GetInt64()));
        using var pull = await server.Send(HttpMethod.Get, $"/v2/{path}/manifests/latest", bearer: token);
        Assert.Equal(HttpStatusCode.Unauthorized, pull.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await Tokens.Login(server, "x:" + made.Secret()));
    }

    [Fact]
    public async Task Tokens_are_listed_shown_and_rotated_by_maintainers_alone()
    {
        var (owner, _, id) = await Tokens.Project(server);
        var path = $"projects/{id}/access_tokens";
        var made = await Tokens.Post(server, path, owner.Token, new { name = "ci", description = "d", scopes = new[] { "read_registry" } });
        Assert.Equal(40, made.GetProperty("access_level").GetInt32());
        var stranger = await server.NewUser();
        await Tokens.Get(server, path, stranger.Token, HttpStatusCode.NotFound);
        Assert.Equal([made.Id()], (await Tokens.Get(server, path + "?state=active", owner.Token)).EnumerateArray().Select(token => token.Id()));
        Assert.False((await Tokens.Get(server, $"{path}/{made.Id()}", owner.Token)).TryGetProperty("token", out _));
        await Tokens.Get(server, $"{path}/{owner.TokenId}", owner.Token, HttpStatusCode.NotFound);
        await Tokens.Delete(server, $"{path}/{owner.TokenId}", owner.Token, HttpStatusCode.NotFound);
        var next = await Tokens.Post(server, $"{path}/{made.Id()}/rotate", owner.Token, new { }, HttpStatusCode.OK);
        Assert.Equal(made.GetProperty("user_id").GetInt64(), next.GetProperty("user_id").GetInt64());
        Assert.Equal(HttpStatusCode.OK, await Tokens.Login(server, "x:" + next.Secret()));
        Assert.Equal([40L], await Roles(next.GetProperty("user_id").GetInt64()));
        Assert.Equal(HttpStatusCode.Unauthorized, await Tokens.Login(server, "x:" + made.Secret()));
        Assert.Equal(HttpStatusCode.Unauthorized, await Tokens.Login(server, "x:" + next.Secret()));
        Assert.Empty(await Roles(next.GetProperty("user_id").GetInt64()));
    }

    [Fact]
    public async Task Token_rotates_itself_at_its_own_project_and_makes_no_others()
    {
        var (owner, _, id) = await Tokens.Project(server);
        var made = await Tokens.Post(server, $"projects/{id}/access_tokens", owner.Token, new { name = "ci", scopes = new[] { "api", "self_rotate" } });
        Assert.Contains("makes no others", (await Tokens.Post(server, $"projects/{id}/access_tokens", made.Secret(), new { name = "x", scopes = new[] { "api" } }, HttpStatusCode.Forbidden)).Message(), StringComparison.Ordinal);
        await Tokens.Post(server, "user/personal_access_tokens", made.Secret(), new { name = "x", scopes = new[] { "api" } }, HttpStatusCode.Forbidden);
        await Tokens.Post(server, "personal_access_tokens/self/rotate", made.Secret(), new { }, HttpStatusCode.MethodNotAllowed);
        await Tokens.Post(server, "projects/999999/access_tokens/self/rotate", made.Secret(), new { }, HttpStatusCode.Unauthorized);
        await Tokens.Post(server, $"projects/{id}/access_tokens/self/rotate", owner.Token, new { }, HttpStatusCode.Unauthorized);
        var next = await Tokens.Post(server, $"projects/{id}/access_tokens/self/rotate", made.Secret(), new { }, HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, await Tokens.Login(server, "x:" + next.Secret()));
    }

    [Theory]
    [InlineData(35)]
    [InlineData(60)]
    [InlineData(0)]
    public async Task Role_that_is_none_is_400(int role)
    {
        var (owner, _, id) = await Tokens.Project(server);
        await Tokens.Post(server, $"projects/{id}/access_tokens", owner.Token, new { name = "ci", scopes = new[] { "api" }, access_level = role }, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Maintainer_makes_no_token_above_their_role_and_a_developer_none()
    {
        var (owner, _, id) = await Tokens.Project(server);
        var maintainer = await server.NewUser();
        await Tokens.Post(server, $"projects/{id}/members", owner.Token, new { user_id = maintainer.Id, access_level = 40 });
        var refusal = await Tokens.Post(server, $"projects/{id}/access_tokens", maintainer.Token, new { name = "ci", scopes = new[] { "api" }, access_level = 50 }, HttpStatusCode.BadRequest);
        Assert.Contains("cannot have the role Owner: yours in this project is Maintainer", refusal.Message(), StringComparison.Ordinal);
        await Tokens.Post(server, $"projects/{id}/access_tokens", maintainer.Token, new { name = "ci", scopes = new[] { "api" }, access_level = 40 });
        var developer = await server.NewUser();
        await Tokens.Post(server, $"projects/{id}/members", owner.Token, new { user_id = developer.Id, access_level = 30 });
        Assert.Contains("needs at least the role Maintainer", (await Tokens.Post(server, $"projects/{id}/access_tokens", developer.Token, new { name = "ci", scopes = new[] { "api" } }, HttpStatusCode.Forbidden)).Message(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expired_token_and_its_bots_rights_end_with_its_day()
    {
        await using var own = await TestServer.StartOwn();
        var (owner, path, id) = await Tokens.Project(own);
        var made = await Tokens.Post(own, $"projects/{id}/access_tokens", owner.Token,
            new { name = "ci", scopes = new[] { "api" }, expires_at = own.Clock.GetUtcNow().AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) });
        Assert.Equal("pull,push,delete", await Tokens.Granted(own, "x:" + made.Secret(), path));
        own.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await Tokens.Login(own, "x:" + made.Secret()));
        Assert.False((await Tokens.Get(own, $"projects/{id}/access_tokens/{made.Id()}", owner.Token)).GetProperty("active").GetBoolean());
    }

    private Task<List<long>> Roles(long userId) => server.Query<long>("select access_level from members where user_id = @userId", new { userId });
}
