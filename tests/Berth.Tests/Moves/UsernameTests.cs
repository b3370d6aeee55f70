using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Moves;

/// <summary>A user gets another name from an administrator: their namespace goes along.</summary>
public sealed class UsernameTests(TestServer server)
{
    [Fact]
    public async Task A_renamed_users_images_are_under_the_new_name_and_still_pulled_by_the_old()
    {
        var user = await server.NewUser();
        var digest = (await (await RegistryClient.For(server, user, $"{user.Name}/hello")).PushImage("latest")).Digest;
        var name = Place.Fresh("Name");
        Assert.Equal((HttpStatusCode.OK, name), await Rename(user.Id, name));
        var now = $"{name.ToLowerInvariant()}/hello";
        var renamed = user with { Name = name };
        Assert.Equal((digest, ""), await Place.Pull(server, renamed, now));
        Assert.Contains($"moved to {now}:", (await Place.Pull(server, renamed, $"{user.Name}/hello")).Warning, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.Accepted), await Place.Try(server, renamed, $"{name.ToLowerInvariant()}/second"));
        Assert.Equal(name, (await Api.Get(server, "/user", user.Token)).GetProperty("username").GetString());
        using var signedIn = await server.Send(HttpMethod.Get, "/jwt/auth?service=container_registry", basic: $"{name}:{user.Password}");
        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        using var events = await server.Send(HttpMethod.Get, $"/api/v4/audit_events?entity_type=User&entity_id={user.Id}", token: TestServer.RootToken);
        Assert.Contains("user.rename", await events.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_a_group_or_user_has_is_not_given_and_bots_keep_theirs()
    {
        var (user, other) = (await server.NewUser(), await server.NewUser());
        var (group, path) = await Api.NewGroup(server, user);
        foreach (var taken in new[] { path, other.Name.ToUpperInvariant() })
            Assert.Equal((HttpStatusCode.Conflict, "Username has already been taken"), await Rename(user.Id, taken));
        Assert.Equal(user.Name, (await Api.Get(server, "/user", user.Token)).GetProperty("username").GetString());
        var token = await Api.Post(server, $"/groups/{group}/access_tokens", user.Token, new { name = "ci", scopes = new[] { "api" }, access_level = 30 });
        var bot = (await Api.Get(server, "/user", token.GetProperty("token").GetString()!)).GetProperty("id").GetInt64();
        Assert.Equal((HttpStatusCode.Forbidden, "403 Forbidden - this is the bot of a token: revoke the token instead"), await Rename(bot, Place.Fresh()));
        Assert.Equal(HttpStatusCode.Conflict, (await Rename(1, Place.Fresh())).Status);
    }

    /// <summary>The status, and the new name or why not.</summary>
    private async Task<(HttpStatusCode Status, string? Text)> Rename(long id, string username)
    {
        using var reply = await server.Send(HttpMethod.Put, $"/api/v4/users/{id}", JsonContent.Create(new { username }), token: TestServer.RootToken);
        var json = await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return (reply.StatusCode, json.GetProperty(reply.IsSuccessStatusCode ? "username" : "message").GetString());
    }
}
