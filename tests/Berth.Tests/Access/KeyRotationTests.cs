using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Berth.Server.Access;
using Berth.Server.Access.Audit;
using Berth.Server.Access.Registry;
using Berth.Server.Operation;
using Berth.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Berth.Tests.Access;

/// <summary>A new key is published, then signs; what the old one signed goes on until its end.</summary>
public sealed class KeyRotationTests : IAsyncLifetime
{
    private TestServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private SigningKeys Keys => _server.Services.GetRequiredService<SigningKeys>();

    private static string Root => $"root:{TestServer.RootToken}";

    public async ValueTask InitializeAsync() => _server = await TestServer.StartOwn();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_new_key_is_published_before_it_signs_and_no_token_ends_by_it()
    {
        var old = await _server.RegistryToken(Root);
        var kid = await Keys.Rotate(AuditActor.Operator, olderThan: null);
        Assert.Equal([kid!, KeyOf(old)], await Published());
        Assert.Equal(KeyOf(old), KeyOf(await _server.RegistryToken(Root)));
        _server.Clock.Advance(SigningKeys.PublishedAhead);
        var fresh = await _server.RegistryToken(Root);
        Assert.Equal(kid, KeyOf(fresh));
        foreach (var token in new[] { old, fresh })
        {
            using var ping = await _server.Send(HttpMethod.Get, "/v2/", bearer: token);
            Assert.Equal(HttpStatusCode.OK, ping.StatusCode);
        }
    }

    [Fact]
    public async Task The_old_key_verifies_until_the_last_upload_that_its_tokens_began_and_then_is_gone()
    {
        var client = await RegistryClient.Fresh(_server);
        var old = KeyOf(client.Token);
        await Keys.Rotate(AuditActor.Operator, olderThan: null);
        var location = await client.StartUpload();
        _server.Clock.Advance(TimeSpan.FromHours(23));
        // Not by what this process remembers of the token.
        await _server.Stop();
        await _server.Start();
        using var patched = await client.Patch(location, [1, 2, 3]);
        Assert.Equal(HttpStatusCode.Accepted, patched.StatusCode);
        _server.Clock.Advance(TimeSpan.FromHours(2));
        await Keys.Reload(Cancel);
        Assert.DoesNotContain(old, await Published());
        await Keys.Rotate(AuditActor.Operator, olderThan: null);
        Assert.DoesNotContain(old, await _server.Query<string>("select kid from signing_keys"));
    }

    [Fact]
    public async Task Another_replica_verifies_by_a_key_that_it_had_not_read_and_signs_with_it_when_its_time_has_come()
    {
        var box = new SecretBox(_server.Data.SecretsKey());
        var replica = await SigningKeys.Load(_server.Database, box, _server.Clock);
        var kid = await replica.Rotate(AuditActor.System, olderThan: null);
        _server.Clock.Advance(SigningKeys.PublishedAhead);
        Assert.Equal(kid, replica.Signer.Key.KeyId);
        var theirs = new RegistryTokens(replica, _server.Settings, _server.Clock).Issue(Caller.Anonymous, [], catalog: false).Token;
        Assert.NotNull(await _server.Services.GetRequiredService<RegistryTokens>().Verify(theirs.AsMemory()));
        Assert.Equal(kid, KeyOf(await _server.RegistryToken(Root)));
    }

    [Fact]
    public async Task The_schedule_makes_a_key_when_the_newest_is_old_and_replicas_make_one()
    {
        var box = new SecretBox(_server.Data.SecretsKey());
        var replicas = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => SigningKeys.Load(_server.Database, box, _server.Clock)));
        var age = TimeSpan.FromDays(90);
        _server.Clock.Advance(TimeSpan.FromDays(89));
        Assert.All(await Task.WhenAll(replicas.Select(one => one.Rotate(AuditActor.System, age))), Assert.Null);
        _server.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Single(await Task.WhenAll(replicas.Select(one => one.Rotate(AuditActor.System, age))), kid => kid is not null);
    }

    [Fact]
    public async Task The_server_rotates_by_itself_after_the_time_that_the_setting_says()
    {
        var before = Assert.Single(await Published());
        _server.Clock.AdvanceWithTimers(TimeSpan.FromDays(91));
        await Eventually.True(async () => (await Published()).Any(kid => kid != before));
    }

    [Fact]
    public async Task The_verb_rotates_over_the_socket_of_a_running_server_and_is_recorded()
    {
        var answer = await AdminSocket.Post(_server.Data, AdminSocketEndpoints.RotateKeysPath, Cancel);
        var published = await Published();
        Assert.Equal(2, published.Count);
        Assert.Equal($"key {published[0]} is published, and signs in 60 seconds", answer);
        using var reply = await _server.Send(HttpMethod.Get, "/api/v4/audit_events?entity_type=Gitlab::Audit::InstanceScope", token: TestServer.RootToken);
        var recorded = Assert.Single((await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).EnumerateArray());
        Assert.Equal("keys.rotate", recorded.GetProperty("event_name").GetString());
        Assert.Equal(("operator", published[0]), (recorded.GetProperty("details").GetProperty("author_name").GetString(), recorded.GetProperty("details").GetProperty("target_details").GetString()));
    }

    [Fact]
    public async Task The_socket_is_nothing_on_the_network()
    {
        using var reply = await _server.Send(HttpMethod.Post, AdminSocketEndpoints.RotateKeysPath);
        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        Assert.Single(await Published());
    }

    private async Task<List<string>> Published()
    {
        using var reply = await _server.Send(HttpMethod.Get, "/-/jwks.json");
        return [.. (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("kid").GetString()!)];
    }

    private static string KeyOf(string token) => new JsonWebToken(token).Kid;
}
