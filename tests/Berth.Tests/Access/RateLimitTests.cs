using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Berth.Tests.Harness;

namespace Berth.Tests.Access;

/// <summary>The limits a minute, each by its setting: beyond it 429, for that credential alone, until the minute has gone on.</summary>
public sealed class RateLimitTests
{
    [Fact]
    public async Task Tokens_are_limited_for_each_credential()
    {
        await using var server = new TestServer { TokenRequests = 3 };
        await server.InitializeAsync();
        var (one, two) = (await server.NewUser(), await server.NewUser());
        for (var i = 0; i < 3; i++)
            await server.RegistryToken(one.Basic);
        using var more = await server.Send(HttpMethod.Get, "/jwt/auth?service=container_registry", basic: one.Basic);
        Assert.Contains("Limits__TokenRequests", await RegistryClient.Refusal(more, HttpStatusCode.TooManyRequests), StringComparison.Ordinal);
        Assert.Equal("20", more.Headers.GetValues("Retry-After").Single());
        await server.RegistryToken(two.Basic);
        server.Clock.Advance(TimeSpan.FromSeconds(21));
        await server.RegistryToken(one.Basic);
    }

    [Fact]
    public async Task Passwords_are_limited_for_each_address_and_tokens_from_there_are_not()
    {
        await using var server = new TestServer { SignIns = 2, TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] };
        await server.InitializeAsync();
        var user = await server.NewUser();
        async Task<HttpStatusCode> Login(string basic)
        {
            using var reply = await server.Send(HttpMethod.Get, "/jwt/auth?service=container_registry", basic: basic, with: request => request.Headers.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.7"));
            return reply.StatusCode;
        }
        Assert.Equal(HttpStatusCode.OK, await Login($"{user.Name}:{user.Password}"));
        Assert.Equal(HttpStatusCode.OK, await Login($"{user.Name}:{user.Password}"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await Login($"{user.Name}:{user.Password}"));
        Assert.Equal(HttpStatusCode.OK, await Login(user.Basic));
    }

    [Fact]
    public async Task Uploads_begun_are_limited_for_each_credential()
    {
        await using var server = new TestServer { PushStarts = 2 };
        await server.InitializeAsync();
        var client = await RegistryClient.Fresh(server);
        await client.StartUpload();
        await client.StartUpload();
        using var more = await client.Send(HttpMethod.Post, "blobs/uploads/");
        Assert.Contains("Limits__PushStarts", await RegistryClient.Refusal(more, HttpStatusCode.TooManyRequests), StringComparison.Ordinal);
        Assert.True(more.Headers.Contains("Retry-After"));
        server.Clock.Advance(TimeSpan.FromSeconds(31));
        await client.StartUpload();
    }

    [Fact]
    public async Task Pipelines_started_are_limited_for_each_user_in_GitLabs_words()
    {
        await using var server = new TestServer { PipelineStarts = 1 };
        await server.InitializeAsync();
        var user = await server.NewUser();
        using var made = await server.Send(HttpMethod.Post, "/api/v4/projects", JsonContent.Create(new { path = "app" }), token: user.Token);
        var path = $"/api/v4/projects/{user.Name}%2Fapp/pipeline";
        using var first = await server.Send(HttpMethod.Post, path, JsonContent.Create(new { @ref = "main" }), token: user.Token);
        Assert.Equal(HttpStatusCode.BadRequest, first.StatusCode);
        using var more = await server.Send(HttpMethod.Post, path, JsonContent.Create(new { @ref = "main" }), token: user.Token);
        Assert.Equal(HttpStatusCode.TooManyRequests, more.StatusCode);
        var body = await more.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.StartsWith("This endpoint has been requested too many times. Try again later.", body.GetProperty("message").GetProperty("error").GetString());
    }
}
