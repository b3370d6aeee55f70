using System.Net;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Access;

/// <summary>Several replicas on one PostgreSQL: what one takes away, the others refuse within five seconds.</summary>
public sealed class ReplicaTests
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task What_one_replica_takes_away_another_refuses_within_five_seconds_though_the_registry_token_lives()
    {
        Assert.SkipUnless(TestDatabase.IsPostgres, "one program opens a SQLite database");
        await using var first = await TestServer.StartOwn();
        await using var second = await TestServer.StartReplica(first);
        var (owner, member) = (await first.NewUser(), await first.NewUser());
        await (await RegistryClient.For(first, owner, $"{owner.Name}/hello")).PushImage("latest");
        await Api.AddMember(first, owner, $"projects/{owner.Name}%2Fhello", member, 20);
        var path = $"/v2/{owner.Name}/hello/manifests/latest";
        var token = await first.RegistryToken(member.Basic, $"repository:{owner.Name}/hello:pull");
        Assert.Equal(HttpStatusCode.OK, await Pull(second, path, token));

        await Api.Delete(first, $"/projects/{owner.Name}%2Fhello/members/{member.Id}", owner.Token, HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.Unauthorized, await Pull(first, path, token));
        first.Clock.Advance(Promised);
        Assert.Equal(HttpStatusCode.Unauthorized, await Pull(second, path, token));

        await Projects.SetVisibility(first, owner, "hello", "public");
        first.Clock.Advance(Promised);
        Assert.Equal(HttpStatusCode.OK, await Pull(second, path, token));
        await Projects.SetVisibility(first, owner, "hello", "private");
        first.Clock.Advance(Promised);
        Assert.Equal(HttpStatusCode.Unauthorized, await Pull(second, path, token));

        var owners = await second.RegistryToken(owner.Basic, $"repository:{owner.Name}/hello:pull");
        Assert.Equal(HttpStatusCode.OK, await Pull(second, path, owners));
        await Api.Delete(first, $"/personal_access_tokens/{owner.TokenId}", owner.Token, HttpStatusCode.NoContent);
        // A credential's row is read each time.
        Assert.Equal(HttpStatusCode.Unauthorized, await Pull(second, path, owners));
    }

    private static async Task<HttpStatusCode> Pull(TestServer server, string path, string token)
    {
        using var reply = await server.Send(HttpMethod.Get, path, bearer: token);
        return reply.StatusCode;
    }
}
