using System.Net;
using Berth.Tests.Harness;

namespace Berth.Tests.Access;

/// <summary>A connection remembers the registry token that it brought last; each request is still judged by its own.</summary>
public sealed class LastTokenTests(TestServer server)
{
    [Fact]
    public async Task Connection_that_changes_its_token_is_each_time_who_the_token_says()
    {
        var (owner, stranger) = (await server.NewUser(), await server.NewUser());
        var client = await RegistryClient.For(server, owner, $"{owner.Name}/hello");
        await client.PushImage("latest");
        var theirs = await server.RegistryToken(stranger.Basic, $"repository:{stranger.Name}/hello:pull");
        using var raw = await RawHttp.Connect(server);
        foreach (var (token, status) in new[] { (client.Token, 200), (client.Token, 200), (theirs, 401), (client.Token, 200), (Forged(client.Token), 401), (client.Token, 200), (client.Token[..^1], 401) })
            Assert.Equal(status, await Pull(raw, client, $"Bearer {token}"));
        Assert.Equal(200, await Pull(raw, client, $"bearer  {client.Token}"));
    }

    [Fact]
    public async Task Connection_is_not_remembered_beyond_the_life_of_its_credential()
    {
        var user = await server.NewUser();
        var client = await RegistryClient.For(server, user, $"{user.Name}/hello");
        await client.PushImage("latest");
        using var raw = await RawHttp.Connect(server);
        Assert.Equal(200, await Pull(raw, client, $"Bearer {client.Token}"));
        using var revoked = await server.Send(HttpMethod.Delete, $"/api/v4/personal_access_tokens/{user.TokenId}", token: user.Token);
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.Equal(401, await Pull(raw, client, $"Bearer {client.Token}"));
    }

    [Fact]
    public async Task Connection_is_not_remembered_beyond_the_life_of_its_token()
    {
        await using var own = await TestServer.StartOwn();
        var client = await RegistryClient.Fresh(own);
        await client.PushImage("latest");
        using var raw = await RawHttp.Connect(own);
        Assert.Equal(200, await Pull(raw, client, $"Bearer {client.Token}"));
        own.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(401, await Pull(raw, client, $"Bearer {client.Token}"));
    }

    private static async Task<int> Pull(RawHttp raw, RegistryClient client, string authorization)
    {
        await raw.SendText($"GET /v2/{client.Name}/manifests/latest HTTP/1.1\r\nHost: localhost\r\nAuthorization: {authorization}\r\n\r\n");
        return (await raw.ReceiveNext())!.Status;
    }

    /// <summary>With another letter in the middle of its signature.</summary>
    private static string Forged(string token) => $"{token[..^40]}{(token[^40] == 'A' ? 'B' : 'A')}{token[^39..]}";
}
