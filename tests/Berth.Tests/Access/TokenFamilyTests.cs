using System.Net;
using Berth.Tests.Harness;

namespace Berth.Tests.Access;

/// <summary>A token that was replaced and is used again ends every token of its family; one that was only revoked does not.</summary>
public sealed class TokenFamilyTests(TestServer server)
{
    public static TheoryData<string> Uses => ["registry login", "registry, by Basic", "REST API", "git", "rotation by number"];

    [Theory]
    [MemberData(nameof(Uses))]
    public async Task Replaced_token_that_is_used_again_ends_its_family(string use)
    {
        var user = await server.NewUser();
        var second = await Tokens.Post(server, "personal_access_tokens/self/rotate", user.Token, new { }, HttpStatusCode.OK);
        var third = await Tokens.Post(server, "personal_access_tokens/self/rotate", second.Secret(), new { }, HttpStatusCode.OK);
        var stranger = await server.NewToken(user.Id, "api");
        await Tokens.Get(server, "user", third.Secret());
        Assert.Equal(HttpStatusCode.Unauthorized, await Use(use, user, stranger.Secret()));
        Assert.Contains("401 Unauthorized", (await Tokens.Get(server, "user", third.Secret(), HttpStatusCode.Unauthorized)).Message(), StringComparison.Ordinal);
        await Tokens.Get(server, "user", stranger.Secret());
        Assert.Equal(1, await Reuses(user));
        Assert.Equal(HttpStatusCode.Unauthorized, await Use(use, user, stranger.Secret()));
        Assert.Equal(1, await Reuses(user));
    }

    [Fact]
    public async Task Revoked_token_that_is_used_again_ends_nothing_more()
    {
        var user = await server.NewUser();
        var second = await Tokens.Post(server, "personal_access_tokens/self/rotate", user.Token, new { }, HttpStatusCode.OK);
        var third = await Tokens.Post(server, "personal_access_tokens/self/rotate", second.Secret(), new { }, HttpStatusCode.OK);
        var apart = await server.NewToken(user.Id, "api");
        await Tokens.Delete(server, $"personal_access_tokens/{apart.Id()}", third.Secret());
        Assert.Equal(HttpStatusCode.Unauthorized, await Tokens.Login(server, "x:" + apart.Secret()));
        await Tokens.Get(server, "user", third.Secret());
        Assert.Equal(0, await Reuses(user));
    }

    private async Task<HttpStatusCode> Use(string use, TestUser user, string other)
    {
        using var reply = use switch
        {
            "registry login" => await server.Send(HttpMethod.Get, "/jwt/auth?service=container_registry", basic: user.Basic),
            "registry, by Basic" => await server.Send(HttpMethod.Get, "/v2/", basic: user.Basic),
            "REST API" => await server.Send(HttpMethod.Get, "/api/v4/user", token: user.Token),
            "git" => await server.Send(HttpMethod.Get, $"/{user.Name}/app.git/info/refs?service=git-upload-pack", basic: user.Basic),
            _ => await server.Send(HttpMethod.Post, $"/api/v4/personal_access_tokens/{user.TokenId}/rotate", token: other),
        };
        return reply.StatusCode;
    }

    private async Task<int> Reuses(TestUser user) =>
        (await server.Query<long>("select id from audit_events where action = 'token.reuse' and entity_kind = 'user' and entity_id = @Id", user)).Count;
}
