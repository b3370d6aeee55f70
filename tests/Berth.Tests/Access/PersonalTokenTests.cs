using System.Globalization;
using System.Net;
using System.Text.Json;
using Berth.Server.Access.Login;
using Berth.Tests.Harness;

namespace Berth.Tests.Access;

/// <summary>Personal and impersonation tokens over the REST API: GitLab's filters, fields and statuses.</summary>
public sealed class PersonalTokenTests(TestServer server)
{
    [Fact]
    public async Task Token_is_shown_whole_once_and_then_without_its_secret_and_only_its_hash_is_stored()
    {
        var user = await server.NewUser();
        var made = await Tokens.Post(server, "user/personal_access_tokens", user.Token, new { name = "ci", description = "of the build", scopes = new[] { "read_api" } });
        var shown = await Tokens.Get(server, $"personal_access_tokens/{made.Id()}", user.Token);
        Assert.Equal(["active", "created_at", "description", "expires_at", "id", "last_used_at", "name", "revoked", "scopes", "user_id"], shown.EnumerateObject().Select(field => field.Name).Order());
        Assert.Equal("of the build", shown.GetProperty("description").GetString());
        Assert.Equal(Day(365), shown.GetProperty("expires_at").GetString());
        Assert.Equal([Credentials.HashSecret(made.Secret())], await server.Query<byte[]>("select secret_hash from access_tokens where id = @id", new { id = made.Id() }));
    }

    [Fact]
    public async Task Default_and_longest_life_are_the_settings()
    {
        var user = await server.NewUser();
        var refusal = await Tokens.Post(server, "user/personal_access_tokens", user.Token, new { name = "long", scopes = new[] { "api" }, expires_at = Day(401) }, HttpStatusCode.BadRequest);
        Assert.Contains($"must be no later than {Day(400)}: tokens live 400 days at most", refusal.Message(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_is_of_the_own_tokens_by_filter_order_and_page()
    {
        var user = await server.NewUser();
        foreach (var (name, days) in new[] { ("beta_1", 10), ("alpha", 20), ("betax1", 30) })
            await Tokens.Post(server, "user/personal_access_tokens", user.Token, new { name, scopes = new[] { "read_user" }, expires_at = Day(days) });
        var gone = await Tokens.Post(server, "user/personal_access_tokens", user.Token, new { name = "gone", scopes = new[] { "read_user" } });
        await Tokens.Delete(server, $"personal_access_tokens/{gone.Id()}", user.Token);
        Assert.Equal(["test", "beta_1", "alpha", "betax1", "gone"], await Names(user, ""));
        Assert.Equal(["gone"], await Names(user, "?revoked=true"));
        Assert.Equal(["gone"], await Names(user, "?state=inactive"));
        Assert.Equal(["test", "beta_1", "alpha", "betax1"], await Names(user, "?state=active"));
        Assert.Equal(["beta_1"], await Names(user, "?search=ETA_"));
        Assert.Equal(["betax1", "beta_1", "alpha"], await Names(user, $"?expires_before={Day(40)}&sort=name_desc"));
        Assert.Equal(["betax1", "alpha", "beta_1"], await Names(user, $"?expires_before={Day(40)}&sort=expires_desc"));
        Assert.Equal(["alpha", "betax1"], await Names(user, $"?expires_after={Day(15)}&expires_before={Day(40)}"));
        Assert.Empty(await Names(user, $"?created_after={Day(1)}"));
        Assert.Equal(["alpha", "betax1"], await Names(user, "?per_page=2&page=2&sort=created_asc"));
        using var paged = await server.Send(HttpMethod.Get, "/api/v4/personal_access_tokens?per_page=2&page=2&state=active", token: user.Token);
        Assert.Equal(("4", "2", "", "1"), (Header(paged, "X-Total"), Header(paged, "X-Total-Pages"), Header(paged, "X-Next-Page"), Header(paged, "X-Prev-Page")));
        Assert.Contains("state=active&per_page=2&page=1>; rel=\"prev\"", Header(paged, "Link"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user_id=x")]
    [InlineData("revoked=maybe")]
    [InlineData("state=asleep")]
    [InlineData("sort=colour")]
    [InlineData("created_after=yesterday")]
    public async Task Filter_that_cannot_be_read_is_400_that_names_it(string query)
    {
        var user = await server.NewUser();
        var refusal = await Tokens.Get(server, "personal_access_tokens?" + query, user.Token, HttpStatusCode.BadRequest);
        Assert.Contains(query.Split('=')[0], refusal.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_of_others_are_answered_like_none_and_administrators_see_all()
    {
        var user = await server.NewUser();
        var other = await server.NewUser();
        foreach (var id in new[] { other.TokenId, 999_999 })
        {
            await Tokens.Get(server, $"personal_access_tokens/{id}", user.Token, HttpStatusCode.Unauthorized);
            await Tokens.Post(server, $"personal_access_tokens/{id}/rotate", user.Token, new { }, HttpStatusCode.Unauthorized);
            await Tokens.Delete(server, $"personal_access_tokens/{id}", user.Token, HttpStatusCode.NotFound);
        }
        foreach (var id in new[] { other.Id, 999_999 })
            await Tokens.Get(server, $"personal_access_tokens?user_id={id}", user.Token, HttpStatusCode.Unauthorized);
        await Tokens.Get(server, $"personal_access_tokens/{other.TokenId}", TestServer.RootToken);
        await Tokens.Get(server, "personal_access_tokens/999999", TestServer.RootToken, HttpStatusCode.NotFound);
        Assert.Single((await Tokens.Get(server, $"personal_access_tokens?user_id={other.Id}", TestServer.RootToken)).EnumerateArray());
        var all = await Tokens.Get(server, "personal_access_tokens?sort=created_desc&per_page=100", TestServer.RootToken);
        Assert.Contains(other.TokenId, all.EnumerateArray().Select(token => token.Id()));
    }

    [Fact]
    public async Task Token_shows_and_ends_itself_whatever_its_scopes()
    {
        var user = await server.NewUser("read_registry");
        Assert.Equal(user.TokenId, (await Tokens.Get(server, "personal_access_tokens/self", user.Token)).Id());
        await Tokens.Delete(server, "personal_access_tokens/self", user.Token);
        await Tokens.Get(server, "personal_access_tokens/self", user.Token, HttpStatusCode.Unauthorized);
        using var password = await server.Send(HttpMethod.Get, "/api/v4/personal_access_tokens/self", basic: $"{user.Name}:{user.Password}");
        Assert.Equal(HttpStatusCode.BadRequest, password.StatusCode);
    }

    [Fact]
    public async Task Rotated_token_is_replaced_at_once_by_one_of_a_week_with_its_name_and_scopes()
    {
        var user = await server.NewUser("self_rotate", "read_registry");
        var made = await Tokens.Post(server, "personal_access_tokens/self/rotate", user.Token, new { }, HttpStatusCode.OK);
        Assert.Equal(("test", Day(7)), (made.GetProperty("name").GetString(), made.GetProperty("expires_at").GetString()));
        Assert.Equal(["read_registry", "self_rotate"], made.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
        Assert.Equal(HttpStatusCode.OK, await Tokens.Login(server, "x:" + made.Secret()));
        var wanted = await Tokens.Post(server, "personal_access_tokens/self/rotate", made.Secret(), new { expires_at = Day(30) }, HttpStatusCode.OK);
        Assert.Equal(Day(30), wanted.GetProperty("expires_at").GetString());
        await Tokens.Post(server, "personal_access_tokens/self/rotate", wanted.Secret(), new { expires_at = Day(500) }, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Rotation_without_a_body_and_without_the_scope()
    {
        var user = await server.NewUser("self_rotate");
        using var bare = await server.Send(HttpMethod.Post, "/api/v4/personal_access_tokens/self/rotate", token: user.Token);
        Assert.Equal(HttpStatusCode.OK, bare.StatusCode);
        var narrow = await server.NewUser("read_api");
        var refusal = await Tokens.Post(server, "personal_access_tokens/self/rotate", narrow.Token, new { }, HttpStatusCode.Forbidden);
        Assert.Equal("api self_rotate", refusal.GetProperty("scope").GetString());
    }

    [Fact]
    public async Task Revoked_and_expired_tokens_are_not_rotated()
    {
        await using var own = await TestServer.StartOwn();
        var user = await own.NewUser();
        var revoked = await own.NewToken(user.Id, "api");
        await Tokens.Delete(own, $"personal_access_tokens/{revoked.Id()}", user.Token);
        Assert.Contains("was revoked", (await Tokens.Post(own, $"personal_access_tokens/{revoked.Id()}/rotate", user.Token, new { }, HttpStatusCode.Unauthorized)).Message(), StringComparison.Ordinal);
        var tomorrow = own.Clock.GetUtcNow().AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var expired = await Tokens.Post(own, "user/personal_access_tokens", user.Token, new { name = "short", scopes = new[] { "api" }, expires_at = tomorrow });
        own.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Contains("has expired", (await Tokens.Post(own, $"personal_access_tokens/{expired.Id()}/rotate", user.Token, new { }, HttpStatusCode.Unauthorized)).Message(), StringComparison.Ordinal);
        await Tokens.Get(own, "user", expired.Secret(), HttpStatusCode.Unauthorized);
        Assert.False((await Tokens.Get(own, $"personal_access_tokens/{expired.Id()}", user.Token)).GetProperty("active").GetBoolean());
    }

    [Fact]
    public async Task Impersonation_token_acts_as_its_user_who_does_not_see_it()
    {
        var user = await server.NewUser();
        var path = $"users/{user.Id}/impersonation_tokens";
        var made = await Tokens.Post(server, path, TestServer.RootToken, new { name = "support", scopes = new[] { "api" } });
        Assert.True(made.GetProperty("impersonation").GetBoolean());
        Assert.Equal(user.Name, (await Tokens.Get(server, "user", made.Secret())).GetProperty("username").GetString());
        Assert.DoesNotContain(made.Id(), (await Tokens.Get(server, "personal_access_tokens", user.Token)).EnumerateArray().Select(token => token.Id()));
        await Tokens.Delete(server, $"personal_access_tokens/{made.Id()}", user.Token, HttpStatusCode.NotFound);
        await Tokens.Get(server, path, user.Token, HttpStatusCode.Forbidden);
        Assert.Equal([made.Id()], (await Tokens.Get(server, path + "?state=active", TestServer.RootToken)).EnumerateArray().Select(token => token.Id()));
        await Tokens.Get(server, $"{path}/{user.TokenId}", TestServer.RootToken, HttpStatusCode.NotFound);
        await Tokens.Delete(server, $"{path}/{made.Id()}", TestServer.RootToken);
        await Tokens.Get(server, "user", made.Secret(), HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Use_is_written_down_in_the_background_at_most_once_a_minute()
    {
        await using var own = await TestServer.StartOwn();
        var user = await own.NewUser();
        await Tokens.Get(own, "user", user.Token);
        var first = await LastUse(own, user, after: 0);
        await Tokens.Get(own, "user", user.Token);
        own.Clock.AdvanceWithTimers(TimeSpan.FromSeconds(50));
        Assert.Equal([first], await own.Query<long?>("select last_used_at from access_tokens where id = @TokenId", user));
        own.Clock.Advance(TimeSpan.FromSeconds(20));
        await Tokens.Login(own, user.Basic);
        Assert.True(await LastUse(own, user, after: first) - first >= 60_000_000);
        Assert.NotEqual(JsonValueKind.Null, (await Tokens.Get(own, $"personal_access_tokens/{user.TokenId}", user.Token)).GetProperty("last_used_at").ValueKind);
    }

    /// <summary>Puts the clock on until a later use than <paramref name="after"/> stands in the database.</summary>
    private static async Task<long> LastUse(TestServer own, TestUser user, long after)
    {
        long? used = null;
        await Eventually.True(async () =>
        {
            own.Clock.AdvanceWithTimers(TimeSpan.FromSeconds(1));
            used = (await own.Query<long?>("select last_used_at from access_tokens where id = @TokenId", user)).Single();
            return used > after;
        });
        return used!.Value;
    }

    private string Day(int fromToday) => server.Clock.GetUtcNow().AddDays(fromToday).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Header(HttpResponseMessage reply, string name) => string.Join(',', reply.Headers.GetValues(name));

    private async Task<string?[]> Names(TestUser user, string query) =>
        [.. (await Tokens.Get(server, "personal_access_tokens" + query, user.Token)).EnumerateArray().Select(token => token.GetProperty("name").GetString())];
}
