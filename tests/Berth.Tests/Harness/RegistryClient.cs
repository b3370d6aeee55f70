using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Oci;

namespace Berth.Tests.Harness;

/// <summary>A client of one repository with a token for it: the steps of a push and a pull, one by one.</summary>
public sealed class RegistryClient(TestServer server, string name, string token)
{
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";

    public string Name => name;

    public string Token => token;

    /// <summary>A client of NAMESPACE/PROJECT[/…] with a token for all actions that the user may.</summary>
    public static async Task<RegistryClient> For(TestServer server, TestUser user, string name) =>
        new(server, name, await server.RegistryToken(user.Basic, $"repository:{name}:pull,push,delete"));

    /// <summary>A client of a fresh repository of a fresh user.</summary>
    public static async Task<RegistryClient> Fresh(TestServer server)
    {
        var user = await server.NewUser();
        return await For(server, user, $"{user.Name}/hello");
    }

    /// <summary>A client of a fresh repository (or of the one that is named) of a user that many tests share: a user of one's own costs a password's hash.</summary>
    public static async Task<RegistryClient> OfSharedUser(TestServer server, string? project = null)
    {
        var user = await server.SharedUser();
        return await For(server, user, $"{user.Name}/{project ?? $"p{Guid.NewGuid():N}"}");
    }

    public Task<HttpResponseMessage> Send(HttpMethod method, string path, HttpContent? content = null, Action<HttpRequestMessage>? with = null) =>
        server.Send(method, path.StartsWith('/') ? path : $"/v2/{name}/{path}", content, bearer: token, with: with);

    public Task<HttpResponseMessage> Get(string path, Action<HttpRequestMessage>? with = null) => Send(HttpMethod.Get, path, with: with);

    public Task<HttpResponseMessage> Head(string path) => Send(HttpMethod.Head, path);

    public Task<HttpResponseMessage> Delete(string path) => Send(HttpMethod.Delete, path);

    /// <summary>Opens an upload and returns its Location.</summary>
    public async Task<string> StartUpload()
    {
        using var reply = await Send(HttpMethod.Post, "blobs/uploads/");
        Assert.Equal(HttpStatusCode.Accepted, reply.StatusCode);
        return reply.Headers.Location!.OriginalString;
    }

    public Task<HttpResponseMessage> Patch(string location, byte[] bytes, string? range = null) =>
        Send(HttpMethod.Patch, location, Bytes(bytes, range));

    /// <summary>Closes an upload, with a last part of the bytes if any is given.</summary>
    public Task<HttpResponseMessage> Finish(string location, string digest, byte[]? bytes = null, string? range = null) =>
        Send(HttpMethod.Put, $"{location}{(location.Contains('?') ? '&' : '?')}digest={Uri.EscapeDataString(digest)}", Bytes(bytes ?? [], range));

    /// <summary>Pushes a blob in one PATCH; fails the test unless it is taken.</summary>
    public async Task<string> PushBlob(byte[] bytes)
    {
        using var patched = await Patch(await StartUpload(), bytes);
        Assert.Equal(HttpStatusCode.Accepted, patched.StatusCode);
        var digest = Sha256(bytes);
        using var reply = await Finish(patched.Headers.Location!.OriginalString, digest);
        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        return digest;
    }

    public Task<HttpResponseMessage> PutManifest(string reference, string json, string contentType = OciManifest)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return Send(HttpMethod.Put, $"manifests/{reference}", content);
    }

    /// <summary>Pushes an image of a config and a layer of random bytes under a tag; returns its digest and document.</summary>
    public async Task<(string Digest, string Json)> PushImage(string tag)
    {
        var json = await ImageManifest();
        using var reply = await PutManifest(tag, json);
        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        return (Sha256(Encoding.UTF8.GetBytes(json)), json);
    }

    /// <summary>Pushes a config and a random layer and returns a manifest of them, not yet put.</summary>
    public async Task<string> ImageManifest()
    {
        var config = Encoding.UTF8.GetBytes("""{"architecture":"amd64","os":"linux","created":"2026-01-02T03:04:05Z"}""");
        var layer = RandomNumberGenerator.GetBytes(1000);
        return Manifest((await PushBlob(config), config.Length), (await PushBlob(layer), layer.Length));
    }

    public static string Manifest((string Digest, long Size) config, params (string Digest, long Size)[] layers) => new JsonObject
    {
        ["schemaVersion"] = 2,
        ["mediaType"] = OciManifest,
        ["config"] = Descriptor("application/vnd.oci.image.config.v1+json", config),
        ["layers"] = new JsonArray([.. layers.Select(layer => Descriptor("application/vnd.oci.image.layer.v1.tar", layer))]),
    }.ToJsonString();

    public static string Index(params (string Digest, long Size)[] children) => new JsonObject
    {
        ["schemaVersion"] = 2,
        ["mediaType"] = OciIndex,
        ["manifests"] = new JsonArray([.. children.Select(child => Descriptor(OciManifest, child))]),
    }.ToJsonString();

    public static string Sha256(byte[] bytes) => Digest.Of(DigestAlgorithm.Sha256, bytes).ToString();

    public static string Sha512(byte[] bytes) => Digest.Of(DigestAlgorithm.Sha512, bytes).ToString();

    /// <summary>The first error of a reply in the registry's shape, as 'CODE: message'.</summary>
    public static async Task<string> Error(HttpResponseMessage reply)
    {
        using var body = JsonDocument.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var error = body.RootElement.GetProperty("errors")[0];
        return $"{error.GetProperty("code").GetString()}: {error.GetProperty("message").GetString()}";
    }

    /// <summary>Asserts the status of an error and returns it as <see cref="Error"/> does.</summary>
    public static async Task<string> Refusal(HttpResponseMessage reply, HttpStatusCode status)
    {
        Assert.Equal(status, reply.StatusCode);
        Assert.Equal("application/json", reply.Content.Headers.ContentType?.MediaType);
        return await Error(reply);
    }

    private static JsonObject Descriptor(string mediaType, (string Digest, long Size) blob) => new()
    {
        ["mediaType"] = mediaType,
        ["digest"] = blob.Digest,
        ["size"] = blob.Size,
    };

    private static ByteArrayContent Bytes(byte[] bytes, string? range)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        if (range is not null)
            content.Headers.TryAddWithoutValidation("Content-Range", range);
        return content;
    }
}
