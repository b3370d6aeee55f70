using System.Net;
using System.Text.Json;
using Berth.Server.Database;
using Berth.Tests.Access;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Lifecycle;

/// <summary>A fresh user's project with a repository at its root (or the one that is named) that holds the tag 'latest', as REST sees it.</summary>
internal sealed class TestImage(TestServer server, TestUser owner, RegistryClient client, long project, long repository, string digest, string json)
{
    public TestUser Owner => owner;

    public RegistryClient Client => client;

    public long Project => project;

    public long Repository => repository;

    /// <summary>Of 'latest'.</summary>
    public string Digest => digest;

    /// <summary>The manifest of 'latest'.</summary>
    public string Json => json;

    /// <summary>/projects/N/registry/repositories/M, for <see cref="Call"/>.</summary>
    public string Path => $"/projects/{project}/registry/repositories/{repository}";

    public static async Task<TestImage> Push(TestServer server, string name = "")
    {
        var owner = await server.NewUser();
        var client = await RegistryClient.For(server, owner, $"{owner.Name}/app{(name.Length == 0 ? "" : "/" + name)}");
        var (digest, json) = await client.PushImage("latest");
        var project = (await Projects.Get(server, owner, "app")).Id();
        var repository = (await server.Query<long>("select id from repositories where project_id = @project and deleted_at is null", new { project })).Single();
        return new TestImage(server, owner, client, project, repository, digest, json);
    }

    /// <summary>Further tags of the manifest of 'latest'.</summary>
    public async Task Tag(params string[] tags)
    {
        foreach (var tag in tags)
        {
            using var put = await client.PutManifest(tag, json);
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        }
    }

    /// <summary>As many tags as are named, put into the database as a push would, so many hours old.</summary>
    public Task TagOld(params (string Tag, int HoursOld)[] tags) => server.Database.Write(transaction =>
    {
        foreach (var (tag, hours) in tags)
        {
            transaction.Execute("""
                insert into tags (repository_id, name, digest, version, total_size, published_at)
                select repository_id, @tag, digest, 1, total_size, @published from tags where repository_id = @repository and name = 'latest'
                """, new { repository, tag, published = server.Clock.Micros() - hours * Clock.Hour });
        }
    });

    /// <summary>A call by the owner; fails the test unless it has this status.</summary>
    public Task<JsonElement> Call(HttpMethod method, string path, HttpStatusCode status = HttpStatusCode.OK, object? body = null, string? token = null) =>
        Api.Call(server, method, Path + path, token ?? owner.Token, body, status);

    public Task<JsonElement> Delete(string tag, HttpStatusCode status = HttpStatusCode.OK) => Call(HttpMethod.Delete, "/tags/" + tag, status);

    public Task<JsonElement> Restore(string tag, HttpStatusCode status = HttpStatusCode.OK, object? body = null) => Call(HttpMethod.Post, $"/tags/{tag}/restore", status, body);

    /// <summary>The tags as the registry lists them.</summary>
    public async Task<List<string>> Tags()
    {
        using var reply = await server.Send(HttpMethod.Get, $"/v2/{client.Name}/tags/list", basic: owner.Basic);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        using var list = JsonDocument.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return [.. list.RootElement.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!)];
    }

    /// <summary>What a reference stands for; null if it is not there.</summary>
    public async Task<string?> Resolve(string reference)
    {
        using var reply = await server.Send(HttpMethod.Head, $"/v2/{client.Name}/manifests/{reference}", basic: owner.Basic);
        return reply.StatusCode == HttpStatusCode.OK ? reply.Headers.GetValues("Docker-Content-Digest").Single() : null;
    }

    public async Task<List<string>> DeletedTags() => Api.Texts(await Call(HttpMethod.Get, "/deleted_tags?per_page=100"), "name");

    /// <summary>Begins a deletion by a rule and waits for its end.</summary>
    public async Task<JsonElement> DeleteByRule(string parameters)
    {
        await Call(HttpMethod.Delete, "/tags?" + parameters, HttpStatusCode.Accepted);
        return await DeletionEnds();
    }

    public async Task<JsonElement> DeletionEnds()
    {
        JsonElement deletion = default;
        await Eventually.True(async () => (deletion = await Call(HttpMethod.Get, "/tag_deletion")).GetProperty("state").GetString() != "running");
        return deletion;
    }
}
