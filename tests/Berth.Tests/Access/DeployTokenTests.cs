using System.Net;
using System.Text.Json;
using Berth.Server.Access.Login;
using Berth.Tests.Harness;

namespace Berth.Tests.Access;

/// <summary>Deploy tokens of projects: GitLab's fields, statuses and names.</summary>
public sealed class DeployTokenTests(TestServer server)
{
    [Fact]
    public async Task Token_is_shown_once_under_its_own_name_or_GitLabs_and_only_its_hash_is_stored()
    {
        var (owner, _, id) = await Tokens.Project(server);
        var made = await Make(owner, id, "read_registry");
        Assert.Equal(["expired", "expires_at", "id", "name", "revoked", "scopes", "token", "username"], made.EnumerateObject().Select(field => field.Name).Order());
        Assert.Equal($"gitlab+deploy-token-{made.Id()}", made.GetProperty("username").GetString());
        Assert.StartsWith("gldt-", made.Secret());
        var named = await Tokens.Post(server, $"projects/{id}/deploy_tokens", owner.Token, new { name = "d", username = "robot", scopes = new[] { "read_registry" } });
        Assert.Equal("robot", named.GetProperty("username").GetString());
        Assert.Equal(HttpStatusCode.OK, await Tokens.Login(server, "robot:" + named.Secret()));
        Assert.Equal(HttpStatusCode.Unauthorized, await Tokens.Login(server, "other:" + named.Secret()));
        Assert.False((await Tokens.Get(server, $"projects/{id}/deploy_tokens/{made.Id()}", owner.Token)).TryGetProperty("token", out _));
        Assert.Equal([Credentials.HashSecret(made.Secret())], await server.Query<byte[]>("select secret_hash from deploy_tokens where id = @id and sealed is null", new { id = made.Id() }));
    }

    [Theory]
    [InlineData("read_registry", "pull")]
    [InlineData("write_registry", "push")]
    [InlineData("read_registry write_registry", "pull,push")]
    public async Task Token_may_what_its_scopes_say_in_its_project_alone_and_never_deletes(string scopes, string granted)
    {
        var (owner, path, id) = await Tokens.Project(server);
        var basic = Basic(await Make(owner, id, scopes.Split(' ')));
        Assert.Equal(granted, await Tokens.Granted(server, basic, path));
        Assert.Equal("", await Tokens.Granted(server, basic, $"{owner.Name}/other"));
        using var pull = await server.Send(HttpMethod.Get, $"/v2/{owner.Name}/other/manifests/latest", basic: basic);
        Assert.Contains("is not of the project that this deploy token is for", await RegistryClient.Refusal(pull, HttpStatusCode.Unauthorized), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), await Tokens.Git(server, basic, path));
        using var api = await server.Send(HttpMethod.Get, "/api/v4/user", basic: basic);
        Assert.Equal(HttpStatusCode.Forbidden, api.StatusCode);
        using var self = await server.Send(HttpMethod.Get, "/api/v4/personal_access_tokens/self", basic: basic);
        Assert.Equal(HttpStatusCode.BadRequest, self.StatusCode);
    }

    [Fact]
    public async Task Token_for_code_fetches_and_neither_pushes_nor_logs_in_to_the_registry()
    {
        var (owner, path, id) = await Tokens.Project(server);
        var basic = Basic(await Make(owner, id, "read_repository"));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), await Tokens.Git(server, basic, path));
        Assert.Equal(HttpStatusCode.Forbidden, await Tokens.Login(server, basic));
    }

    [Fact]
    public async Task Internal_project_is_for_those_with_an_account_and_no_other_projects_token()
    {
        var (owner, path, id) = await Tokens.Project(server);
        var (stranger, _, elsewhere) = await Tokens.Project(server);
        await Projects.SetVisibility(server, owner, "app", "internal");
        var foreign = Basic(await Make(stranger, elsewhere, "read_registry", "read_repository"));
        Assert.Equal("", await Tokens.Granted(server, foreign, path));
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), await Tokens.Git(server, foreign, path));
        using (var catalog = await server.Send(HttpMethod.Get, "/v2/_catalog?n=1&last=" + path[..^1], basic: foreign))
            Assert.DoesNotContain(path, await catalog.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal("pull", await Tokens.Granted(server, Basic(await Make(owner, id, "read_registry")), path));
        await Projects.SetVisibility(server, owner, "app", "public");
        Assert.Equal("pull", await Tokens.Granted(server, foreign, path));
    }

    [Fact]
    public async Task Expired_and_revoked_tokens_are_nobody_and_stay_in_the_lists()
    {
        await using var own = await TestServer.StartOwn();
        var (owner, _, id) = await Tokens.Project(own);
        var path = $"projects/{id}/deploy_tokens";
        var expiring = await Tokens.Post(own, path, owner.Token, new { name = "e", scopes = new[] { "read_registry" }, expires_at = own.Clock.GetUtcNow().AddHours(1) });
        var revoked = await Tokens.Post(own, path, owner.Token, new { name = "r", scopes = new[] { "read_registry" } });
        var living = await Tokens.Post(own, path, owner.Token, new { name = "l", scopes = new[] { "read_registry" } });
        own.Clock.Advance(TimeSpan.FromHours(2));
        await Tokens.Delete(own, $"{path}/{revoked.Id()}", owner.Token);
        await Tokens.Delete(own, $"{path}/{revoked.Id()}", owner.Token, HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.Unauthorized, await Tokens.Login(own, Basic(expiring)));
        Assert.Equal(HttpStatusCode.Unauthorized, await Tokens.Login(own, Basic(revoked)));
        Assert.Equal(HttpStatusCode.OK, await Tokens.Login(own, Basic(living)));
        Assert.Equal([(expiring.Id(), false, true), (revoked.Id(), true, false), (living.Id(), false, false)],
            (await Tokens.Get(own, path, owner.Token)).EnumerateArray().Select(row => (row.Id(), row.GetProperty("revoked").GetBoolean(), row.GetProperty("expired").GetBoolean())));
        foreach (var list in new[] { (path, owner.Token), ("deploy_tokens", TestServer.RootToken) })
        {
            Assert.Equal([living.Id()], (await Tokens.Get(own, list.Item1 + "?active=true", list.Item2)).EnumerateArray().Select(row => row.Id()));
            Assert.Equal([expiring.Id(), revoked.Id()], (await Tokens.Get(own, list.Item1 + "?active=false", list.Item2)).EnumerateArray().Select(row => row.Id()));
            await Tokens.Get(own, list.Item1 + "?active=perhaps", list.Item2, HttpStatusCode.BadRequest);
        }
        await Tokens.Get(own, "deploy_tokens", owner.Token, HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("""{"scopes":["read_registry"]}""", "name")]
    [InlineData("""{"name":"a\u0000b","scopes":["read_registry"]}""", "name")]
    [InlineData("""{"name":"x"}""", "scopes")]
    [InlineData("""{"name":"x","scopes":["api"]}""", "scopes")]
    [InlineData("""{"name":"x","scopes":[null]}""", "scopes")]
    [InlineData("""{"name":"x","scopes":["read_registry"],"username":"a b"}""", "username")]
    [InlineData("""{"name":"x","scopes":["read_registry"],"username":"ab\n"}""", "username")]
    [InlineData("""{"name":"x","scopes":["read_registry"],"expires_at":"2020-01-01T00:00:00Z"}""", "expires_at")]
    public async Task Token_that_cannot_be_is_400_that_names_the_field(string json, string field)
    {
        var (owner, _, id) = await Tokens.Project(server);
        var refusal = await Tokens.Post(server, $"projects/{id}/deploy_tokens", owner.Token, JsonSerializer.Deserialize<JsonElement>(json), HttpStatusCode.BadRequest);
        Assert.True(refusal.GetProperty("message").TryGetProperty(field, out _));
    }

    private static string Basic(JsonElement made) => $"{made.GetProperty("username").GetString()}:{made.Secret()}";

    private Task<JsonElement> Make(TestUser owner, long id, params string[] scopes) => Tokens.Post(server, $"projects/{id}/deploy_tokens", owner.Token, new { name = "d", scopes });
}
