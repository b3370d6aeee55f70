using System.Net;
using System.Net.Http.Json;
using Berth.Server.Access.Accounts;
using Berth.Server.Operation;
using Berth.Tests.Harness;

namespace Berth.Tests.Access;

/// <summary>What ends a credential ends what it opened, at once; and what outlives a token's five minutes.</summary>
public sealed class CredentialLifeTests(TestServer shared)
{
    [Fact]
    public async Task Revoked_access_token_bites_at_once_though_its_registry_token_lives()
    {
        var user = await shared.NewUser();
        var client = await RegistryClient.For(shared, user, $"{user.Name}/hello");
        await client.PushImage("latest");
        var location = await client.StartUpload();
        using var revoked = await shared.Send(HttpMethod.Delete, $"/api/v4/personal_access_tokens/{user.TokenId}", token: user.Token);
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        using var pull = await client.Get("manifests/latest");
        Assert.Contains("was revoked", await RegistryClient.Refusal(pull, HttpStatusCode.Unauthorized), StringComparison.Ordinal);
        using var patch = await client.Patch(location, [1]);
        Assert.Equal(HttpStatusCode.Unauthorized, patch.StatusCode);
        using var login = await shared.Send(HttpMethod.Get, "/jwt/auth?service=container_registry", basic: user.Basic);
        Assert.Equal(HttpStatusCode.Unauthorized, login.StatusCode);
        using var api = await shared.Send(HttpMethod.Get, "/api/v4/user", token: user.Token);
        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
    }

    [Fact]
    public async Task Access_token_dies_as_its_day_begins_with_the_registry_tokens_it_gave()
    {
        await using var server = await TestServer.StartOwn();
        var user = await server.NewUser();
        var day = DateOnly.FromDateTime(server.Clock.GetUtcNow().UtcDateTime).AddDays(2);
        var made = await server.Post($"/api/v4/users/{user.Id}/personal_access_tokens", new { name = "short", scopes = new[] { "api" }, expires_at = day.ToString("yyyy-MM-dd") });
        var basic = $"x:{made.GetProperty("token").GetString()}";
        var midnight = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
        server.Clock.Advance(midnight - server.Clock.GetUtcNow() - TimeSpan.FromMinutes(2));
        var token = await server.RegistryToken(basic, $"repository:{user.Name}/hello:pull,push");
        using var before = await server.Send(HttpMethod.Get, "/v2/", bearer: token);
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        server.Clock.Advance(TimeSpan.FromMinutes(3));
        using var after = await server.Send(HttpMethod.Get, "/v2/", bearer: token);
        Assert.Contains("has expired", await RegistryClient.Refusal(after, HttpStatusCode.Unauthorized), StringComparison.Ordinal);
        using var login = await server.Send(HttpMethod.Get, "/jwt/auth?service=container_registry", basic: basic);
        Assert.Equal(HttpStatusCode.Unauthorized, login.StatusCode);
    }

    [Fact]
    public async Task New_password_ends_the_registry_tokens_of_the_old_one()
    {
        await using var server = await TestServer.StartOwn();
        var old = await server.RegistryToken($"root:{TestServer.RootPassword}");
        using var before = await server.Send(HttpMethod.Get, "/v2/", bearer: old);
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        using var passwords = new Passwords();
        var password = await RootPassword.Reset(server.Database, server.Settings, passwords, server.Clock);
        using var after = await server.Send(HttpMethod.Get, "/v2/", bearer: old);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
        using var login = await server.Send(HttpMethod.Get, "/jwt/auth?service=container_registry", basic: $"root:{TestServer.RootPassword}");
        Assert.Equal(HttpStatusCode.Unauthorized, login.StatusCode);
        using var again = await server.Send(HttpMethod.Get, "/v2/", bearer: await server.RegistryToken($"root:{password}"));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task Blocked_user_is_nobody_at_once()
    {
        await using var server = await TestServer.StartOwn();
        var user = await server.NewUser();
        var tokens = new[] { await server.RegistryToken(user.Basic), await server.RegistryToken($"{user.Name}:{user.Password}") };
        await server.Database.Write(transaction => transaction.Execute("update users set state = 2 where id = @Id", user));
        foreach (var token in tokens)
        {
            using var reply = await server.Send(HttpMethod.Get, "/v2/", bearer: token);
            Assert.Contains("blocked", await RegistryClient.Refusal(reply, HttpStatusCode.Unauthorized), StringComparison.Ordinal);
        }
        using var login = await server.Send(HttpMethod.Get, "/jwt/auth?service=container_registry", basic: $"{user.Name}:{user.Password}");
        Assert.Equal(HttpStatusCode.Unauthorized, login.StatusCode);
    }

    [Fact]
    public async Task Expired_registry_token_serves_the_upload_it_began_and_nothing_else()
    {
        await using var server = await TestServer.StartOwn();
        var user = await server.NewUser();
        var client = await RegistryClient.For(server, user, $"{user.Name}/hello");
        await client.PushImage("latest");
        var location = await client.StartUpload();
        var second = (await server.NewToken(user.Id, "api")).GetProperty("token").GetString();
        var foreign = await server.RegistryToken($"x:{second}", $"repository:{client.Name}:pull,push");
        server.Clock.Advance(TimeSpan.FromMinutes(6));
        using var pull = await client.Get("manifests/latest");
        Assert.Contains("the registry token has expired", await RegistryClient.Refusal(pull, HttpStatusCode.Unauthorized), StringComparison.Ordinal);
        using var start = await client.Send(HttpMethod.Post, "blobs/uploads/");
        Assert.Equal(HttpStatusCode.Unauthorized, start.StatusCode);
        using var other = await server.Send(HttpMethod.Patch, location, new ByteArrayContent([1]), bearer: foreign);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        using var status = await client.Get(location);
        Assert.Equal(HttpStatusCode.NoContent, status.StatusCode);
        using var patched = await client.Patch(location, [1, 2, 3]);
        Assert.Equal(HttpStatusCode.Accepted, patched.StatusCode);
        using var finished = await client.Finish(patched.Headers.Location!.OriginalString, RegistryClient.Sha256([1, 2, 3]));
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
        server.Clock.Advance(TimeSpan.FromDays(1));
        using var late = await client.Get(location);
        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);
    }

    [Fact]
    public async Task Changed_visibility_bites_at_the_next_request()
    {
        var user = await shared.NewUser();
        await (await RegistryClient.For(shared, user, $"{user.Name}/hello")).PushImage("latest");
        var stranger = await shared.NewUser();
        var path = $"/v2/{user.Name}/hello/manifests/latest";
        foreach (var (change, expected) in new (object, HttpStatusCode)[]
        {
            (new { visibility = "public" }, HttpStatusCode.OK),
            (new { visibility = "private" }, HttpStatusCode.Unauthorized),
            (new { visibility = "internal" }, HttpStatusCode.OK),
            (new { container_registry_access_level = "private" }, HttpStatusCode.Unauthorized),
            (new { container_registry_access_level = "enabled" }, HttpStatusCode.OK),
            (new { container_registry_access_level = "disabled" }, HttpStatusCode.Unauthorized),
        })
        {
            await Projects.Change(shared, user, "hello", change);
            using var reply = await shared.Send(HttpMethod.Get, path, basic: stranger.Basic);
            Assert.Equal(expected, reply.StatusCode);
        }
        using var owner = await shared.Send(HttpMethod.Get, path, basic: user.Basic);
        Assert.Contains($"the registry of project '{user.Name}/hello' is switched off", await RegistryClient.Refusal(owner, HttpStatusCode.Unauthorized), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registry_token_of_a_public_project_dies_when_it_becomes_private()
    {
        var user = await shared.NewUser();
        await (await RegistryClient.For(shared, user, $"{user.Name}/hello")).PushImage("latest");
        await Projects.SetVisibility(shared, user, "hello", "public");
        using var anonymous = await shared.Send(HttpMethod.Get, $"/jwt/auth?service=container_registry&scope=repository:{user.Name}/hello:pull");
        var token = (await anonymous.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(TestContext.Current.CancellationToken)).GetProperty("token").GetString();
        using var open = await shared.Send(HttpMethod.Get, $"/v2/{user.Name}/hello/manifests/latest", bearer: token);
        Assert.Equal(HttpStatusCode.OK, open.StatusCode);
        await Projects.SetVisibility(shared, user, "hello", "private");
        using var closed = await shared.Send(HttpMethod.Get, $"/v2/{user.Name}/hello/manifests/latest", bearer: token);
        Assert.Equal(HttpStatusCode.Unauthorized, closed.StatusCode);
    }
}
