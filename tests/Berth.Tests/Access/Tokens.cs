using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Berth.Tests.Harness;

namespace Berth.Tests.Access;

/// <summary>Tokens as tests make, use and end them over the REST API.</summary>
internal static class Tokens
{
    /// <summary>A request of the REST API; fails the test unless it is answered with this status. The reply's JSON, undefined where it has none.</summary>
    public static async Task<JsonElement> Call(TestServer server, HttpMethod method, string path, string? token, HttpStatusCode status, object? body = null)
    {
        using var reply = await server.Send(method, "/api/v4/" + path, body is null ? null : JsonContent.Create(body), token: token);
        var text = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == reply.StatusCode, $"{method} {path}: {(int)reply.StatusCode} {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    public static Task<JsonElement> Get(TestServer server, string path, string? token, HttpStatusCode status = HttpStatusCode.OK) => Call(server, HttpMethod.Get, path, token, status);

    public static Task<JsonElement> Post(TestServer server, string path, string? token, object body, HttpStatusCode status = HttpStatusCode.Created) =>
        Call(server, HttpMethod.Post, path, token, status, body);

    public static Task<JsonElement> Delete(TestServer server, string path, string? token, HttpStatusCode status = HttpStatusCode.NoContent) => Call(server, HttpMethod.Delete, path, token, status);

    public static long Id(this JsonElement made) => made.GetProperty("id").GetInt64();

    /// <summary>The token itself, as it was shown once.</summary>
    public static string Secret(this JsonElement made) => made.GetProperty("token").GetString()!;

    public static string Message(this JsonElement refusal) => refusal.GetProperty("message").ToString();

    /// <summary>The status of an attempt to log in to the registry.</summary>
    public static async Task<HttpStatusCode> Login(TestServer server, string basic)
    {
        using var reply = await server.Send(HttpMethod.Get, "/jwt/auth?service=container_registry", basic: basic);
        return reply.StatusCode;
    }

    /// <summary>What /jwt/auth grants of pull, push and delete on an image: 'pull,push', or '' for nothing.</summary>
    public static async Task<string> Granted(TestServer server, string basic, string image)
    {
        var token = new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(await server.RegistryToken(basic, $"repository:{image}:pull,push,delete"));
        return string.Join(' ', token.GetPayloadValue<JsonElement>("access").EnumerateArray()
            .Select(access => string.Join(',', access.GetProperty("actions").EnumerateArray().Select(action => action.GetString()))));
    }

    /// <summary>Whether git may fetch, and whether it may push: the statuses of its first requests.</summary>
    public static async Task<(HttpStatusCode Fetch, HttpStatusCode Push)> Git(TestServer server, string basic, string path)
    {
        using var fetch = await server.Send(HttpMethod.Get, $"/{path}.git/info/refs?service=git-upload-pack", basic: basic);
        using var push = await server.Send(HttpMethod.Get, $"/{path}.git/info/refs?service=git-receive-pack", basic: basic);
        return (fetch.StatusCode, push.StatusCode);
    }

    /// <summary>A user with a project of theirs that has an image at its root.</summary>
    public static async Task<(TestUser Owner, string Path, long Id)> Project(TestServer server)
    {
        var owner = await server.NewUser();
        await (await RegistryClient.For(server, owner, $"{owner.Name}/app")).PushImage("latest");
        return (owner, $"{owner.Name}/app", (await Projects.Get(server, owner, "app")).Id());
    }
}
