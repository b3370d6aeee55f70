using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Berth.Tests.Harness;

namespace Berth.Tests.Groups;

/// <summary>Calls of the REST API by a token, and groups as tests set them up.</summary>
internal static class Api
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The reply's JSON; fails the test unless the status is the expected one.</summary>
    public static async Task<JsonElement> Call(TestServer server, HttpMethod method, string path, string token, object? body = null, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var reply = await server.Send(method, "/api/v4" + path, body is null ? null : JsonContent.Create(body), token: token);
        var text = await reply.Content.ReadAsStringAsync(Cancel);
        Assert.True(reply.StatusCode == status, $"{method} {path}: {(int)reply.StatusCode} {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    public static Task<JsonElement> Get(TestServer server, string path, string token, HttpStatusCode status = HttpStatusCode.OK) => Call(server, HttpMethod.Get, path, token, status: status);

    public static Task<JsonElement> Post(TestServer server, string path, string token, object body, HttpStatusCode status = HttpStatusCode.Created) => Call(server, HttpMethod.Post, path, token, body, status);

    public static Task<JsonElement> Put(TestServer server, string path, string token, object body, HttpStatusCode status = HttpStatusCode.OK) => Call(server, HttpMethod.Put, path, token, body, status);

    public static Task<JsonElement> Delete(TestServer server, string path, string token, HttpStatusCode status) => Call(server, HttpMethod.Delete, path, token, status: status);

    /// <summary>A fresh group of a user's; its number and path.</summary>
    public static async Task<(long Id, string Path)> NewGroup(TestServer server, TestUser owner, long? parent = null, string visibility = "private", bool pushCreates = false, string? path = null)
    {
        var made = await Post(server, "/groups", owner.Token, new { name = "A group", path = path ?? $"g{Guid.NewGuid():N}"[..12], parent_id = parent, visibility, push_creates_projects = pushCreates });
        return (made.GetProperty("id").GetInt64(), made.GetProperty("full_path").GetString()!);
    }

    public static Task<JsonElement> AddMember(TestServer server, TestUser by, string place, TestUser user, int level, string? expires = null) =>
        Post(server, $"/{place}/members", by.Token, new { user_id = user.Id, access_level = level, expires_at = expires });

    public static async Task<long> NewProject(TestServer server, TestUser by, long group, string path, string visibility = "private") =>
        (await Post(server, "/projects", by.Token, new { path, namespace_id = group, visibility })).GetProperty("id").GetInt64();

    public static List<string> Texts(JsonElement list, string field) => [.. list.EnumerateArray().Select(item => item.GetProperty(field).GetString()!)];
}
