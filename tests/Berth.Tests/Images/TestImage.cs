using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Berth.Tests.Harness;

namespace Berth.Tests.Images;

/// <summary>Images with a config of the test's own, and where they are on pages and by REST.</summary>
internal sealed class TestImage(TestServer server, RegistryClient client, TestUser owner, string path)
{
    public TestUser Owner => owner;

    public RegistryClient Client => client;

    public string Path => path;

    public static async Task<TestImage> Fresh(TestServer server)
    {
        var owner = await server.NewUser();
        return new TestImage(server, await RegistryClient.For(server, owner, $"{owner.Name}/app"), owner, $"{owner.Name}/app");
    }

    /// <summary>Of the repository.</summary>
    public async Task<long> Id() => Assert.Single(await server.Query<long>(
        "select r.id from repositories r join routes o on o.project_id = r.project_id where o.path_lower = @path and r.name = ''", new { path }));

    public async Task<string> Page() => $"/{path}/-/container_registry/{await Id()}";

    public async Task<string> Rest() => $"/api/v4/projects/{Uri.EscapeDataString(path)}/registry/repositories/{await Id()}";

    /// <summary>Pushes an image of this config and layers of these texts; returns its digest.</summary>
    public async Task<string> Push(string tag, JsonObject config, params string[] layers) => await PushBytes(tag, Encoding.UTF8.GetBytes(config.ToJsonString()), null, layers);

    public async Task<string> PushBytes(string reference, byte[] config, Action<JsonObject>? change, params string[] layers)
    {
        var pushed = new List<(string, long)>();
        foreach (var layer in layers)
            pushed.Add((await client.PushBlob(Encoding.UTF8.GetBytes(layer)), Encoding.UTF8.GetByteCount(layer)));
        var manifest = JsonNode.Parse(RegistryClient.Manifest((await client.PushBlob(config), config.Length), [.. pushed]))!.AsObject();
        change?.Invoke(manifest);
        var json = manifest.ToJsonString();
        var digest = RegistryClient.Sha256(Encoding.UTF8.GetBytes(json));
        using var reply = await client.PutManifest(reference == "" ? digest : reference, json);
        Assert.True(reply.StatusCode == HttpStatusCode.Created, await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return digest;
    }

    /// <summary>Attaches an artifact to a manifest: its type, and a text as its only layer.</summary>
    public Task<string> Attach(string subject, long subjectSize, string artifactType, string layerType, string text, JsonObject? annotations = null) => PushBytes("", "{}"u8.ToArray(), manifest =>
    {
        manifest["artifactType"] = artifactType;
        manifest["config"]!["mediaType"] = "application/vnd.oci.empty.v1+json";
        manifest["layers"]![0]!["mediaType"] = layerType;
        manifest["subject"] = new JsonObject { ["mediaType"] = RegistryClient.OciManifest, ["digest"] = subject, ["size"] = subjectSize };
        if (annotations is not null)
            manifest["annotations"] = annotations;
    }, text);

    public static JsonObject Config(JsonObject? settings = null, params (string By, bool IsEmpty)[] history) => new()
    {
        ["architecture"] = "amd64",
        ["os"] = "linux",
        ["created"] = "2026-01-02T03:04:05Z",
        ["config"] = settings ?? [],
        ["history"] = new JsonArray([.. history.Select(step => (JsonNode)new JsonObject { ["created_by"] = step.By, ["empty_layer"] = step.IsEmpty })]),
    };
}
