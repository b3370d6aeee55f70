using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Berth.Acceptance.Harness;

/// <summary>
/// A registry client of one repository whose every step is the test's: what docker and skopeo never do in one fixed order
/// (chunks, resumed uploads, repeated requests) is done by it. It signs in with root's token by Basic unless told otherwise.
/// </summary>
public sealed class OciClient : IDisposable
{
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";

    private readonly HttpClient _http;

    /// <param name="url">Of the registry, without a slash at the end.</param>
    /// <param name="repository">The image name without the host.</param>
    /// <param name="handler">How to connect; it ends with this client.</param>
    public OciClient(string url, string repository, SocketsHttpHandler? handler = null)
    {
        Repository = repository;
        _http = new HttpClient(handler ?? new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(url), Timeout = TimeSpan.FromMinutes(5) };
        _http.DefaultRequestHeaders.Authorization = Basic(BerthProgram.RootToken);
    }

    public string Repository { get; }

    private static AuthenticationHeaderValue Basic(string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"root:{secret}")));

    /// <summary>Sends to a path of the repository, such as <c>blobs/uploads/</c>, or to a Location.</summary>
    public async Task<HttpResponseMessage> Send(HttpMethod method, string path, HttpContent? content = null, Action<HttpRequestMessage>? with = null)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith('/') ? path : $"/v2/{Repository}/{path}") { Content = content };
        with?.Invoke(request);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>Takes a token for all actions on the repository, as docker does, and uses it from now on.</summary>
    /// <param name="secret">The access token to show for it.</param>
    public async Task SignInForToken(string secret = BerthProgram.RootToken)
    {
        using var reply = await Send(HttpMethod.Get, $"/jwt/auth?service=container_registry&scope=repository:{Repository}:pull,push", with: request => request.Headers.Authorization = Basic(secret));
        await Expect(reply, HttpStatusCode.OK);
        using var body = JsonDocument.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        _http.DefaultRequestHeaders.Authorization = new("Bearer", body.RootElement.GetProperty("token").GetString());
    }

    /// <summary>Opens an upload and returns its Location.</summary>
    public async Task<string> StartUpload()
    {
        using var reply = await Send(HttpMethod.Post, "blobs/uploads/");
        await Expect(reply, HttpStatusCode.Accepted);
        return Location(reply);
    }

    /// <summary>Pushes a blob by POST and PUT, and returns its digest.</summary>
    public async Task<string> PushBlob(byte[] bytes)
    {
        var digest = DigestOf(bytes);
        using var reply = await Finish(await StartUpload(), digest, Bytes(bytes));
        await Expect(reply, HttpStatusCode.Created);
        return digest;
    }

    public Task<HttpResponseMessage> Finish(string location, string digest, HttpContent? body = null) =>
        Send(HttpMethod.Put, $"{location}{(location.Contains('?') ? '&' : '?')}digest={digest}", body);

    public Task<HttpResponseMessage> PutManifest(string reference, string json)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
        content.Headers.ContentType = new MediaTypeHeaderValue(OciManifest);
        return Send(HttpMethod.Put, $"manifests/{reference}", content);
    }

    /// <summary>Pushes an image of two blobs of random bytes; returns the digests of its layer and its manifest.</summary>
    public async Task<(string Layer, string Manifest)> PushImage(string tag, int layerBytes = 10_000)
    {
        var (config, layer) = (NewConfig(), RandomNumberGenerator.GetBytes(layerBytes));
        await PushBlob(config);
        await PushBlob(layer);
        var json = Manifest((DigestOf(config), config.Length), (DigestOf(layer), layer.Length));
        using var reply = await PutManifest(tag, json);
        await Expect(reply, HttpStatusCode.Created);
        return (DigestOf(layer), DigestOf(Encoding.UTF8.GetBytes(json)));
    }

    /// <summary>Pulls a blob or manifest and fails the test unless its bytes hash to <paramref name="digest"/>.</summary>
    public async Task PullWhole(string path, string digest)
    {
        using var reply = await Send(HttpMethod.Get, path);
        await Expect(reply, HttpStatusCode.OK);
        await using var body = await reply.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        Assert.Equal(digest, "sha256:" + Convert.ToHexStringLower(await SHA256.HashDataAsync(body, TestContext.Current.CancellationToken)));
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Fails the test, telling the body, unless the reply has this status.</summary>
    public static async Task<string> Expect(HttpResponseMessage reply, HttpStatusCode status)
    {
        if (reply.StatusCode == status && status is HttpStatusCode.OK or HttpStatusCode.Created)
            return "";
        var text = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(reply.StatusCode == status, $"{reply.RequestMessage!.Method} {reply.RequestMessage.RequestUri} was answered with {(int)reply.StatusCode}, not {(int)status}: {text}");
        return text;
    }

    public static string Location(HttpResponseMessage reply) => reply.Headers.Location!.OriginalString;

    public static string DigestOf(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static ByteArrayContent Bytes(ReadOnlyMemory<byte> bytes)
    {
        var content = new ByteArrayContent(bytes.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return content;
    }

    /// <summary>An image config that no other image has.</summary>
    public static byte[] NewConfig() => Encoding.UTF8.GetBytes($$"""{"architecture":"amd64","os":"linux","author":"{{Guid.NewGuid()}}"}""");

    public static string Manifest((string Digest, long Size) config, params IEnumerable<(string Digest, long Size)> layers) => new JsonObject
    {
        ["schemaVersion"] = 2,
        ["mediaType"] = OciManifest,
        ["config"] = Descriptor("application/vnd.oci.image.config.v1+json", config),
        ["layers"] = new JsonArray([.. layers.Select(layer => Descriptor("application/vnd.oci.image.layer.v1.tar", layer))]),
    }.ToJsonString();

    private static JsonObject Descriptor(string mediaType, (string Digest, long Size) blob) => new()
    {
        ["mediaType"] = mediaType,
        ["digest"] = blob.Digest,
        ["size"] = blob.Size,
    };
}
