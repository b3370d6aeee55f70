using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Moves;

/// <summary>What tests of moves ask of names: who may pull and push by them, and what is said.</summary>
internal static class Place
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A project of a fresh group with an image 'latest' in it; its number, and its path, which is the image's name.</summary>
    public static async Task<(long Id, string Path, long Group, string Digest)> WithImage(TestServer server, TestUser owner, string visibility = "private", string name = "app")
    {
        var (group, path) = await Api.NewGroup(server, owner, visibility: visibility);
        var id = await Api.NewProject(server, owner, group, name, visibility);
        var image = $"{path}/{name.ToLowerInvariant()}";
        return (id, image, group, (await (await RegistryClient.For(server, owner, image)).PushImage("latest")).Digest);
    }

    /// <summary>The digest that a pull of 'latest' gives, and the warning beside it.</summary>
    public static async Task<(string Digest, string Warning)> Pull(TestServer server, TestUser user, string image)
    {
        using var reply = await server.Send(HttpMethod.Get, $"/v2/{image}/manifests/latest", bearer: await server.RegistryToken(user.Basic, $"repository:{image}:pull"));
        Assert.True(reply.StatusCode == HttpStatusCode.OK, $"{image}: {await reply.Content.ReadAsStringAsync(Cancel)}");
        return (reply.Headers.GetValues("Docker-Content-Digest").Single(), reply.Headers.TryGetValues("Warning", out var warnings) ? warnings.Single() : "");
    }

    /// <summary>Statuses of a pull and of the start of a push, with the credential itself.</summary>
    public static async Task<(HttpStatusCode Pull, HttpStatusCode Push)> Try(TestServer server, TestUser user, string image)
    {
        using var pull = await server.Send(HttpMethod.Head, $"/v2/{image}/manifests/latest", basic: user.Basic);
        using var push = await server.Send(HttpMethod.Post, $"/v2/{image}/blobs/uploads/", basic: user.Basic);
        return (pull.StatusCode, push.StatusCode);
    }

    /// <summary>What a refused push says.</summary>
    public static async Task<string> PushRefusal(TestServer server, TestUser user, string image)
    {
        using var push = await server.Send(HttpMethod.Post, $"/v2/{image}/blobs/uploads/", basic: user.Basic);
        return await RegistryClient.Refusal(push, HttpStatusCode.Unauthorized);
    }

    /// <summary>What the catalog shows of names that begin with one of some texts: other tests make public projects.</summary>
    public static async Task<List<string>> Catalog(TestServer server, TestUser user, params string[] starts)
    {
        using var reply = await server.Send(HttpMethod.Get, "/v2/_catalog?n=1000", basic: user.Basic);
        return [.. (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("repositories").EnumerateArray().Select(name => name.GetString()!).Where(name => starts.Any(start => name.StartsWith(start, StringComparison.Ordinal)))];
    }

    public static string Fresh(string prefix = "n") => $"{prefix}{Guid.NewGuid():N}"[..12];
}
