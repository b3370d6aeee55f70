using System.Net.Http.Json;
using System.Text.Json;
using Berth.Server.Git;
using Berth.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Tests.Git;

/// <summary>What tests of git ask of the server behind its back.</summary>
internal static class GitFixture
{
    public static readonly string[] GitScopes = ["read_repository", "write_repository"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A user's new project, and a client with one commit whose origin it is, not yet pushed.</summary>
    public static async Task<(TestUser User, string Path, GitClient Client)> Fresh(TestServer server)
    {
        var user = await server.NewUser([.. GitScopes, "api"]);
        var path = $"{user.Name}/hello";
        return (user, path, await GitClient.WithCommit(GitClient.Url(server, path + ".git", user)));
    }

    /// <summary>The same, pushed.</summary>
    public static async Task<(TestUser User, string Path, GitClient Client)> Pushed(TestServer server)
    {
        var fresh = await Fresh(server);
        await fresh.Client.Ok("push", "--quiet", "origin", "main");
        return fresh;
    }

    public static async Task<long> ProjectId(TestServer server, string path)
    {
        using var reply = await server.Send(HttpMethod.Get, "/api/v4/projects/" + Uri.EscapeDataString(path), token: TestServer.RootToken);
        return (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetInt64();
    }

    public static async Task Publish(TestServer server, string path, string visibility)
    {
        using var reply = await server.Send(HttpMethod.Put, "/api/v4/projects/" + Uri.EscapeDataString(path), JsonContent.Create(new { visibility }), token: TestServer.RootToken);
        reply.EnsureSuccessStatusCode();
    }

    /// <summary>The moves of a project that were done, whether a pipeline was made of them yet or not.</summary>
    public static async Task<List<RefMove>> Done(TestServer server, string path)
    {
        await using var connection = await server.Database.OpenRead(Cancel);
        var all = await connection.Query<RefMove>(GitQueries.MovesSince, new { projectId = await ProjectId(server, path), first = 0L }, Cancel);
        return all.FindAll(move => move.State != (long)RefMoveState.Intended);
    }

    public static async Task<List<RefMove>> Intended(TestServer server, string path)
    {
        var id = await ProjectId(server, path);
        return [.. (await server.Services.GetRequiredService<RefMoves>().ListIntended(0, 10_000, Cancel)).Where(move => move.ProjectId == id)];
    }

    public static async Task<GitRepository> Repository(TestServer server, string path) =>
        await server.Services.GetRequiredService<GitRepositories>().Open(await ProjectId(server, path));
}
