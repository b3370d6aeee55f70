using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Berth.Server.Operation;
using Berth.Tests.Access;
using Berth.Tests.Distribution.Conformance;
using Berth.Tests.Harness;

namespace Berth.Tests.Distribution;

/// <summary>Manifests that name what was not pushed, where the project takes them.</summary>
public sealed class SparseManifestTests(TestServer server)
{
    private const string Layer = "application/vnd.oci.image.layer.v1.tar";

    private static readonly string Missing = RegistryClient.Sha256("never pushed"u8.ToArray());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Project_refuses_them_until_its_setting_says_otherwise()
    {
        var (user, client) = await Fresh(server);
        foreach (var document in new[] { Image(), Documents.Index(null, Child(Missing)) })
        {
            await Projects.Change(server, user, "hello", new { container_registry_sparse_manifests = false });
            using var refused = await client.PutManifest("v1", document.ToJsonString(), document["mediaType"]!.GetValue<string>());
            Assert.Contains(Missing, await RegistryClient.Refusal(refused, HttpStatusCode.BadRequest), StringComparison.Ordinal);
            await Projects.Change(server, user, "hello", new { container_registry_sparse_manifests = true });
            Assert.True((await Projects.Get(server, user, "hello")).GetProperty("container_registry_sparse_manifests").GetBoolean());
            await client.Push(document, "v1");
            using var pulled = await client.Get("manifests/v1");
            Assert.Equal(document.ToJsonString(), await pulled.Content.ReadAsStringAsync(Cancel));
        }
    }

    [Fact]
    public async Task What_is_there_is_guarded_as_ever_and_what_comes_later_too()
    {
        var (user, client) = await Fresh(server);
        await Projects.Change(server, user, "hello", new { container_registry_sparse_manifests = true });
        var (present, later) = (Documents.Artifact(null), Documents.Artifact(null, "application/later"));
        await client.Push(present);
        await client.Push(Documents.Index(null, Child(Documents.DigestOf(present)), Child(Documents.DigestOf(later))), "multi");
        using var deleted = await client.Delete($"manifests/{Documents.DigestOf(present)}");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, deleted.StatusCode);
        await client.Push(later);
        using var deletedLater = await client.Delete($"manifests/{Documents.DigestOf(later)}");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, deletedLater.StatusCode);
    }

    [Fact]
    public async Task Fsck_does_not_miss_what_need_not_be_there()
    {
        await using var own = await TestServer.StartOwn();
        var (user, client) = await Fresh(own);
        var child = Documents.Artifact(null);
        var index = Documents.Index(null, Child(Documents.DigestOf(child)));
        // First whole, then again without its child: the references of the first time demand nothing any more.
        await client.Push(child);
        await client.Push(index, "multi");
        foreach (var document in new[] { index, child })
        {
            using var deleted = await client.Delete($"manifests/{Documents.DigestOf(document)}");
            Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        }
        await Projects.Change(own, user, "hello", new { container_registry_sparse_manifests = true });
        await client.Push(index, "multi");
        await client.Push(Image(), "image");
        using var output = new StringWriter();
        Assert.Equal(0, await new Fsck(own.Database, own.Storage, output).Run(Cancel));
    }

    [Fact]
    public async Task Setting_is_the_maintainers()
    {
        var (user, _) = await Fresh(server);
        await Projects.SetVisibility(server, user, "hello", "public");
        var stranger = await server.NewUser();
        using var reply = await server.Send(HttpMethod.Put, $"/api/v4/projects/{user.Name}%2Fhello", JsonContent.Create(new { container_registry_sparse_manifests = true }), token: stranger.Token);
        Assert.Equal(HttpStatusCode.Forbidden, reply.StatusCode);
        Assert.False((await Projects.Get(server, user, "hello")).GetProperty("container_registry_sparse_manifests").GetBoolean());
    }

    private static JsonObject Image() => Documents.Artifact(null).With("layers", new JsonArray(Documents.Descriptor(Layer, Missing, 5)));

    private static JsonObject Child(string digest) => Documents.Descriptor(RegistryClient.OciManifest, digest, 100);

    private static async Task<(TestUser User, RegistryClient Client)> Fresh(TestServer server)
    {
        var user = await server.NewUser();
        var client = await RegistryClient.For(server, user, $"{user.Name}/hello");
        await client.PushBlob("{}"u8.ToArray());
        return (user, client);
    }
}
