using System.Net;
using System.Text.Json;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Images;

/// <summary>Projects with images as the tests of their API set them up, and what that API answers.</summary>
internal static class ImageApi
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A project of a fresh group of a fresh user.</summary>
    public static async Task<ImageProject> NewProject(TestServer server, string visibility = "private", TestUser? owner = null)
    {
        owner ??= await server.NewUser();
        var (group, groupPath) = await Api.NewGroup(server, owner, visibility: visibility);
        return new ImageProject(server, owner, group, await Api.NewProject(server, owner, group, "app", visibility), $"{groupPath}/app");
    }

    /// <summary>The page, and the address of the next one; null if there is none.</summary>
    public static async Task<(JsonElement Page, string? Next)> Page(TestServer server, string address, string? token)
    {
        using var reply = await server.Send(HttpMethod.Get, address.StartsWith("http", StringComparison.Ordinal) ? address : "/api/v4" + address, token: token);
        var text = await reply.Content.ReadAsStringAsync(Cancel);
        Assert.True(reply.StatusCode == HttpStatusCode.OK, $"{address}: {(int)reply.StatusCode} {text}");
        var link = reply.Headers.TryGetValues("Link", out var links) ? links.Single().Split(", ").SingleOrDefault(one => one.EndsWith("rel=\"next\"", StringComparison.Ordinal)) : null;
        return (JsonDocument.Parse(text).RootElement, link is null ? null : link[1..link.IndexOf('>', StringComparison.Ordinal)]);
    }

    /// <summary>All pages, one after the other.</summary>
    public static async Task<List<JsonElement>> All(TestServer server, string address, string? token)
    {
        var all = new List<JsonElement>();
        for (string? next = address; next is not null;)
        {
            (var page, next) = await Page(server, next, token);
            all.AddRange(page.EnumerateArray());
        }
        return all;
    }

    public static async Task<HttpStatusCode> Status(TestServer server, string path, string? token = null, Action<HttpRequestMessage>? with = null)
    {
        using var reply = await server.Send(HttpMethod.Get, "/api/v4" + path, token: token, with: with);
        return reply.StatusCode;
    }

    public static List<string> Names(IEnumerable<JsonElement> list, string field = "name") => [.. list.Select(item => item.GetProperty(field).GetString()!)];
}

/// <summary>A project of a test.</summary>
internal sealed record ImageProject(TestServer Server, TestUser Owner, long Group, long Id, string Path)
{
    public string Api => $"/projects/{Id}/registry/repositories";

    /// <summary>A client of an image of it; 'web', or empty for the project's own.</summary>
    public Task<RegistryClient> Image(string name = "") => RegistryClient.For(Server, Owner, name.Length == 0 ? Path : $"{Path}/{name}");

    /// <summary>The repository of an image by its name.</summary>
    public async Task<long> Repository(string name = "") =>
        Assert.Single(await Server.Query<long>("select id from repositories where project_id = @Id and name = @name", new { Id, name }));

    public async Task<TestUser> Member(int level)
    {
        var user = await Server.NewUser();
        await Groups.Api.AddMember(Server, Owner, $"projects/{Id}", user, level);
        return user;
    }
}
