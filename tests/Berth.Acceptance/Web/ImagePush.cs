using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Web;

/// <summary>Pushes images whose every word is the test's: history, labels, annotations, platforms, what is attached.</summary>
/// <param name="url">Of the registry.</param>
/// <param name="name">Of the image.</param>
/// <param name="login">'name:secret'; root's token if it is left out.</param>
internal sealed class ImagePush(string url, string name, string? login = null) : IDisposable
{
    public const string Manifest = "application/vnd.oci.image.manifest.v1+json";
    public const string Index = "application/vnd.oci.image.index.v1+json";
    public const string Layer = "application/vnd.oci.image.layer.v1.tar+gzip";
    public const string Config = "application/vnd.oci.image.config.v1+json";

    private readonly OciClient _client = new(url, name);

    /// <summary>The config of an image built by these steps; one without bytes makes no layer.</summary>
    public static JsonObject ConfigOf(string architecture, IEnumerable<(string Step, int Bytes)> steps, JsonObject? labels = null) => new()
    {
        ["architecture"] = architecture,
        ["os"] = "linux",
        ["created"] = "2026-02-03T10:20:30Z",
        ["config"] = new JsonObject
        {
            ["Env"] = new JsonArray("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "FERRY_PORT=8080"),
            ["Entrypoint"] = new JsonArray("/usr/bin/ferry"),
            ["Cmd"] = new JsonArray("--listen", ":8080"),
            ["WorkingDir"] = "/srv",
            ["User"] = "ferry",
            ["Labels"] = labels ?? [],
        },
        ["history"] = new JsonArray([.. steps.Select(step => new JsonObject { ["created"] = "2026-02-03T10:20:30Z", ["created_by"] = step.Step, ["empty_layer"] = step.Bytes == 0 })]),
    };

    /// <summary>Pushes config, layers and manifest; returns the descriptor of that.</summary>
    public async Task<JsonObject> Push(string reference, JsonObject config, IEnumerable<int> layers, JsonObject? annotations = null)
    {
        var manifest = new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = Manifest, ["config"] = await Blob(Encoding.UTF8.GetBytes(config.ToJsonString()), Config) };
        var all = new JsonArray();
        foreach (var size in layers)
            all.Add(await Blob(Bytes(size), Layer));
        manifest["layers"] = all;
        if (annotations is not null)
            manifest["annotations"] = annotations;
        return await Put(reference, manifest, Manifest);
    }

    /// <summary>Attaches a text to a manifest, as cosign and oras do.</summary>
    public async Task<JsonObject> Attach(JsonObject subject, string artifactType, string mediaType, string text, JsonObject? annotations = null)
    {
        var manifest = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = Manifest,
            ["artifactType"] = artifactType,
            ["config"] = await Blob("{}"u8.ToArray(), "application/vnd.oci.empty.v1+json"),
            ["layers"] = new JsonArray(await Blob(Encoding.UTF8.GetBytes(text), mediaType)),
            ["subject"] = subject.DeepClone(),
            ["annotations"] = annotations ?? [],
        };
        return await Put(null, manifest, Manifest);
    }

    /// <summary>Pushes an index of manifests that were pushed before.</summary>
    public Task<JsonObject> PushIndex(string reference, IEnumerable<(JsonObject Manifest, string Architecture)> platforms, JsonObject? annotations = null) => Put(reference, new JsonObject
    {
        ["schemaVersion"] = 2,
        ["mediaType"] = Index,
        ["manifests"] = new JsonArray([.. platforms.Select(one =>
        {
            var descriptor = (JsonObject)one.Manifest.DeepClone();
            descriptor["platform"] = new JsonObject { ["os"] = "linux", ["architecture"] = one.Architecture };
            return descriptor;
        })]),
        ["annotations"] = annotations ?? [],
    }, Index);

    public void Dispose() => _client.Dispose();

    private async Task<JsonObject> Put(string? reference, JsonObject manifest, string mediaType)
    {
        var bytes = Encoding.UTF8.GetBytes(manifest.ToJsonString());
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        using var reply = await _client.Send(HttpMethod.Put, $"manifests/{reference ?? OciClient.DigestOf(bytes)}", content, SignIn);
        await OciClient.Expect(reply, HttpStatusCode.Created);
        return Descriptor(bytes, mediaType);
    }

    private async Task<JsonObject> Blob(byte[] bytes, string mediaType)
    {
        using var started = await _client.Send(HttpMethod.Post, "blobs/uploads/", with: SignIn);
        await OciClient.Expect(started, HttpStatusCode.Accepted);
        var location = OciClient.Location(started);
        using var reply = await _client.Send(HttpMethod.Put, $"{location}{(location.Contains('?') ? '&' : '?')}digest={OciClient.DigestOf(bytes)}", OciClient.Bytes(bytes), SignIn);
        await OciClient.Expect(reply, HttpStatusCode.Created);
        return Descriptor(bytes, mediaType);
    }

    private void SignIn(HttpRequestMessage request)
    {
        if (login is not null)
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(login)));
    }

    /// <summary>The same bytes for the same size, so that images share layers.</summary>
    private static byte[] Bytes(int size)
    {
        var bytes = new byte[size];
        var seed = SHA256.HashData(BitConverter.GetBytes(size));
        for (var at = 0; at < size; at += seed.Length)
            seed.AsSpan(0, Math.Min(seed.Length, size - at)).CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    private static JsonObject Descriptor(byte[] bytes, string mediaType) => new() { ["mediaType"] = mediaType, ["digest"] = OciClient.DigestOf(bytes), ["size"] = bytes.Length };
}
