using System.Net.Http.Json;
using System.Text.Json;
using Berth.Tests.Harness;

namespace Berth.Tests.Ci;

/// <summary>A fresh user's project with a runner of its own, into which pipelines are pushed with git.</summary>
internal sealed class CiProject : IDisposable
{
    private readonly TestServer _server;
    private readonly GitClient _git;

    private CiProject(TestServer server, TestUser owner, long id, GitClient git, TestRunner runner) => (_server, Owner, Id, _git, Runner) = (server, owner, id, git, runner);

    public TestUser Owner { get; }

    public long Id { get; }

    public string Path => $"{Owner.Name}/app";

    public TestRunner Runner { get; }

    public GitClient Git => _git;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<CiProject> Fresh(TestServer server, params string[] runnerTags)
    {
        var owner = await server.NewUser("api", "read_repository", "write_repository", "create_runner");
        var git = await GitClient.WithCommit(GitClient.Url(server, $"{owner.Name}/app.git", owner));
        await git.Ok("push", "--quiet", "origin", "main");
        using var reply = await server.Send(HttpMethod.Get, $"/api/v4/projects/{owner.Name}%2Fapp", token: owner.Token);
        var id = (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetInt64();
        return new CiProject(server, owner, id, git, await TestRunner.OfProject(server, owner, id, runnerTags));
    }

    /// <summary>Commits a .gitlab-ci.yml and pushes it; the pipeline that follows.</summary>
    public async Task<JsonElement> Push(string yaml, string message = "Change", params string[] pushOptions)
    {
        var sha = await _git.Commit(".gitlab-ci.yml", $"# {message.Split('\n')[0]}\n{yaml}", message);
        await _git.Ok(["push", "--quiet", .. pushOptions, "origin", "HEAD"]);
        return await PipelineOf(sha);
    }

    /// <summary>Waits for the pipeline of a commit.</summary>
    public async Task<JsonElement> PipelineOf(string sha)
    {
        JsonElement? found = null;
        await Eventually.True(async () => (found = (await Pipelines()).Cast<JsonElement?>().FirstOrDefault(pipeline => pipeline!.Value.GetProperty("sha").GetString() == sha
            && pipeline.Value.GetProperty("status").GetString() != "created")) is not null);
        return found!.Value;
    }

    public async Task<List<JsonElement>> Pipelines() => [.. (await Get($"pipelines")).EnumerateArray()];

    public async Task<string> PipelineStatus(JsonElement pipeline) => (await Get($"pipelines/{pipeline.GetProperty("id").GetInt64()}")).GetProperty("status").GetString()!;

    /// <summary>The jobs of a pipeline by name, with their status.</summary>
    public async Task<Dictionary<string, string>> Jobs(JsonElement pipeline) => (await Get($"pipelines/{pipeline.GetProperty("id").GetInt64()}/jobs")).EnumerateArray()
        .ToDictionary(job => job.GetProperty("name").GetString()!, job => job.GetProperty("status").GetString()!);

    public async Task<string> Log(long job)
    {
        using var reply = await _server.Send(HttpMethod.Get, $"/api/v4/projects/{Id}/jobs/{job}/trace", token: Owner.Token);
        return await reply.Content.ReadAsStringAsync(Cancel);
    }

    public async Task<JsonElement> Get(string path)
    {
        using var reply = await _server.Send(HttpMethod.Get, $"/api/v4/projects/{Id}/{path}", token: Owner.Token);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync(Cancel));
        return await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    public async Task<JsonElement> Post(string path, object? body = null)
    {
        using var reply = await _server.Send(HttpMethod.Post, $"/api/v4/projects/{Id}/{path}", JsonContent.Create(body ?? new { }), token: Owner.Token);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync(Cancel));
        return await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    public void Dispose() => _git.Dispose();
}
