using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Berth.Tests.Harness;

namespace Berth.Tests.Distribution.Conformance;

/// <summary>What manifests may be (end-3, end-7): everything legal is taken and comes back as it was.</summary>
public sealed class ManifestKindTests(TestServer server)
{
    private static readonly string Empty = RegistryClient.Sha256("{}"u8.ToArray());

    public static readonly TheoryData<string> Kinds =
    [
        "image", "artifact", "artifact without type", "no layers", "data field", "unknown fields", "non-distributable layers", "missing subject",
        "empty index", "index with artifact type", "nested index",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Kind_is_taken_by_digest_and_by_tag_and_comes_back_as_it_was(string kind)
    {
        var client = await Documents.Client(server);
        var document = await Document(client, kind);
        var (digest, mediaType) = (Documents.DigestOf(document), document["mediaType"]!.GetValue<string>());
        foreach (var reference in new[] { digest, "v1" })
        {
            using var put = await client.PutManifest(reference, document.ToJsonString(), mediaType);
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
            // "The Docker-Content-Digest header returns the digest of the uploaded blob, and MUST be equal to the client provided digest."
            Assert.Equal(digest, put.Headers.GetValues("Docker-Content-Digest").Single());
            Assert.Equal(document.ContainsKey("subject"), put.Headers.Contains("OCI-Subject"));
            foreach (var path in new[] { put.Headers.Location!.OriginalString, $"manifests/{reference}" })
            {
                using var get = await client.Get(path);
                Assert.Equal(HttpStatusCode.OK, get.StatusCode);
                Assert.Equal(document.ToJsonString(), await get.Content.ReadAsStringAsync(Cancel));
                Assert.Equal(mediaType, get.Content.Headers.ContentType!.ToString());
                Assert.Equal(digest, get.Headers.GetValues("Docker-Content-Digest").Single());
                using var head = await client.Head(path);
                Assert.Equal(Documents.SizeOf(document), head.Content.Headers.ContentLength);
                Assert.Equal(mediaType, head.Content.Headers.ContentType!.ToString());
                Assert.Equal(digest, head.Headers.GetValues("Docker-Content-Digest").Single());
            }
        }
    }

    [Fact]
    public async Task Image_may_be_all_of_sha512()
    {
        var client = await Documents.Client(server);
        var bytes = "{ }"u8.ToArray();
        var blob = RegistryClient.Sha512(bytes);
        using var pushed = await client.Finish(await client.StartUpload(), blob, bytes);
        Assert.Equal(HttpStatusCode.Created, pushed.StatusCode);
        var image = Documents.Artifact(null).With("config", Documents.Descriptor(Documents.EmptyConfig, blob, 3)).With("layers", new JsonArray(Documents.Descriptor("text/plain", blob, 3)));
        var digest = RegistryClient.Sha512(Encoding.UTF8.GetBytes(image.ToJsonString()));
        using var put = await client.PutManifest(digest, image.ToJsonString());
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        var index = Documents.Index(null, Documents.Descriptor(RegistryClient.OciManifest, digest, Documents.SizeOf(image)));
        await client.Push(index, "multi");
        using var get = await client.Get($"manifests/{digest}");
        Assert.Equal(image.ToJsonString(), await get.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(digest, get.Headers.GetValues("Docker-Content-Digest").Single());
        // The same content by another algorithm is another manifest, which nobody pushed.
        using var other = await client.Get($"manifests/{Documents.DigestOf(image)}");
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task Name_has_at_most_255_characters()
    {
        var user = await server.NewUser();
        var longest = $"{user.Name}/hello/{new string('x', 255 - user.Name.Length - "/hello/".Length)}";
        var client = await RegistryClient.For(server, user, longest);
        var (digest, _) = await client.PushImage("latest");
        using var get = await client.Get($"manifests/{digest}");
        Assert.Equal(HttpStatusCode.OK, get.StatusCode);
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Put })
        {
            using var reply = await server.Send(method, $"/v2/{longest}x/manifests/latest", basic: user.Basic);
            Assert.StartsWith("NAME_INVALID: ", await RegistryClient.Refusal(reply, HttpStatusCode.BadRequest));
        }
    }

    [Fact]
    public async Task Parameters_of_the_Content_Type_are_ignored_and_not_given_back()
    {
        var client = await Documents.Client(server);
        var document = Documents.Artifact(subject: null);
        // "The registry SHOULD ignore parameters on the Content-Type header."
        using var put = await client.PutManifest("v1", document.ToJsonString(), RegistryClient.OciManifest + "; charset=utf-8");
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        // "The registry SHOULD NOT include parameters on the Content-Type header."
        using var get = await client.Get("manifests/v1");
        Assert.Equal(RegistryClient.OciManifest, get.Content.Headers.ContentType!.ToString());
    }

    [Theory]
    [InlineData("Accept", RegistryClient.OciIndex)]
    [InlineData("Accept", "text/html")]
    [InlineData("Accept", null)]
    public async Task Manifest_is_what_it_is_whatever_a_client_accepts(string header, string? value)
    {
        var client = await Documents.Client(server);
        await client.Push(Documents.Artifact(subject: null), "v1");
        using var get = await client.Get("manifests/v1", request =>
        {
            if (value is not null)
                request.Headers.TryAddWithoutValidation(header, value);
        });
        Assert.Equal(HttpStatusCode.OK, get.StatusCode);
        Assert.Equal(RegistryClient.OciManifest, get.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Namespace_parameter_of_proxies_means_nothing_here()
    {
        var client = await Documents.Client(server);
        var digest = await client.Push(Documents.Artifact(subject: null), "v1");
        // "A registry MAY choose to ignore the ns query parameter."
        foreach (var path in new[] { "manifests/v1", $"manifests/{digest}", $"blobs/{Empty}", "tags/list" })
        {
            using var reply = await client.Get($"{path}?ns=docker.io");
            Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
            Assert.False(reply.Headers.Contains("OCI-Namespace"));
        }
    }

    [Fact]
    public async Task Head_with_the_digest_in_If_None_Match_is_304_of_manifests_and_blobs()
    {
        var client = await Documents.Client(server);
        var digest = await client.Push(Documents.Artifact(subject: null), "v1");
        foreach (var (path, tag) in new[] { ("manifests/v1", digest), ($"manifests/{digest}", digest), ($"blobs/{Empty}", Empty) })
        {
            using var known = await client.Send(HttpMethod.Head, path, with: request => request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{tag}\"")));
            Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
            Assert.Equal(tag, known.Headers.GetValues("Docker-Content-Digest").Single());
            using var other = await client.Send(HttpMethod.Head, path, with: request => request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"other\"")));
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        }
    }

    [Fact]
    public async Task Content_of_a_repository_that_is_not_there_is_404_by_every_method()
    {
        var client = new RegistryClient(server, "root/nothing", await server.RegistryToken($"root:{TestServer.RootToken}", "repository:root/nothing:pull,delete"));
        // "An attempt to pull a nonexistent repository MUST return response code 404 Not Found."
        // "If the repository does not exist, the response MUST return 404 Not Found."
        foreach (var path in new[] { "manifests/v1", $"manifests/{Empty}", $"blobs/{Empty}" })
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head, HttpMethod.Delete })
            {
                using var reply = await client.Send(method, path);
                Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
            }
        }
    }

    [Theory]
    [InlineData("PUT", "manifests/sha256:baddigeststring")]
    [InlineData("GET", "manifests/sha256:baddigeststring")]
    [InlineData("HEAD", "manifests/sha256:baddigeststring")]
    [InlineData("DELETE", "manifests/sha256:baddigeststring")]
    [InlineData("GET", "manifests/sha512:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("PUT", "manifests/md5:d41d8cd98f00b204e9800998ecf8427e")]
    public async Task Malformed_digest_is_400_and_never_500(string method, string path)
    {
        var client = await Documents.Client(server);
        using var reply = await client.Send(new HttpMethod(method), path, method == "PUT" ? new StringContent("{}", Encoding.UTF8, RegistryClient.OciManifest) : null);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
    }

    private static async Task<JsonObject> Document(RegistryClient client, string kind)
    {
        switch (kind)
        {
            case "image":
                return JsonNode.Parse(await client.ImageManifest())!.AsObject();
            case "artifact":
                return Documents.Artifact(null).With("layers", new JsonArray(Documents.Descriptor("text/markdown", Empty, 2)));
            case "artifact without type":
                return Documents.Artifact(null, artifactType: null, configType: "application/vnd.unknown.config.v1+json");
            case "no layers":
                return Documents.Artifact(null);
            case "data field":
                return Documents.Artifact(null).With("layers", new JsonArray(Documents.Descriptor(Documents.EmptyConfig, Empty, 2).With("data", "e30=")));
            case "unknown fields":
                return Documents.Artifact(null).With("org.example", new JsonObject { ["deep"] = new JsonArray(1, null, "x") })
                    .With("layers", new JsonArray(Documents.Descriptor("text/plain", Empty, 2).With("x-extra", true)));
            case "non-distributable layers":
                return Documents.Artifact(null).With("layers", new JsonArray(Documents.Descriptor("application/vnd.oci.image.layer.nondistributable.v1.tar", RegistryClient.Sha256([1]), 1)
                    .With("urls", new JsonArray("https://example.com/layer"))));
            case "missing subject":
                return Documents.Artifact(RegistryClient.Sha256([2]));
            case "empty index":
                return Documents.Index(null);
            case "index with artifact type":
                return Documents.Index(null).With("artifactType", "application/vnd.example.list");
            default:
                var (image, inner) = (Documents.Artifact(null), Documents.Index(null));
                await client.Push(image);
                await client.Push(inner);
                return Documents.Index(RegistryClient.Sha256([3]), Documents.Descriptor(RegistryClient.OciManifest, Documents.DigestOf(image), Documents.SizeOf(image)),
                    Documents.Descriptor(RegistryClient.OciIndex, Documents.DigestOf(inner), Documents.SizeOf(inner)));
        }
    }
}
