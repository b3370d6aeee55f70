using System.Net;
using System.Security.Cryptography;
using Berth.Tests.Access;
using Berth.Tests.Harness;

namespace Berth.Tests.Distribution;

/// <summary>POST …/blobs/uploads/?mount=DIGEST&amp;from=NAME (distribution-spec 1.1, "Mounting a blob from another repository").</summary>
public sealed class MountTests(TestServer server)
{
    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(1000);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Blob_of_a_repository_that_the_caller_may_pull_is_mounted()
    {
        var user = await server.NewUser();
        var source = await RegistryClient.For(server, user, $"{user.Name}/source");
        var digest = await source.PushBlob(Content);
        var target = await Client(user, $"{user.Name}/target", source.Name);
        using var mounted = await Mount(target, digest, source.Name);
        // "The response to a successful mount MUST be 201 Created, and MUST contain the following header: Location: <blob-location>".
        Assert.Equal(HttpStatusCode.Created, mounted.StatusCode);
        Assert.Equal($"/v2/{target.Name}/blobs/{digest}", mounted.Headers.Location!.OriginalString);
        using var pulled = await target.Get($"blobs/{digest}");
        Assert.Equal(Content, await pulled.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task Mounted_blob_stays_when_its_source_is_deleted()
    {
        var user = await server.NewUser();
        var source = await RegistryClient.For(server, user, $"{user.Name}/source");
        var digest = await source.PushBlob(Content);
        var target = await Client(user, $"{user.Name}/target", source.Name);
        using var mounted = await Mount(target, digest, source.Name);
        using var deleted = await source.Delete($"blobs/{digest}");
        using var pulled = await target.Head($"blobs/{digest}");
        Assert.Equal(HttpStatusCode.OK, pulled.StatusCode);
    }

    [Fact]
    public async Task Without_the_right_to_pull_the_mount_is_an_ordinary_upload()
    {
        var other = await RegistryClient.Fresh(server);
        var digest = await other.PushBlob(Content);
        var client = await RegistryClient.Fresh(server);
        // "Alternatively, if a registry does not support cross-repository mounting or is unable to mount the requested blob, it SHOULD return a 202."
        await AssertUpload(client, digest, other.Name);
    }

    [Fact]
    public async Task Token_that_does_not_name_the_source_mounts_nothing_from_it()
    {
        var user = await server.NewUser();
        var source = await RegistryClient.For(server, user, $"{user.Name}/source");
        var digest = await source.PushBlob(Content);
        // The user may pull it, but whoever holds this token was given the target alone.
        await AssertUpload(await RegistryClient.For(server, user, $"{user.Name}/target"), digest, source.Name);
    }

    [Fact]
    public async Task What_is_unknown_is_an_ordinary_upload()
    {
        var user = await server.NewUser();
        var source = await RegistryClient.For(server, user, $"{user.Name}/source");
        await source.PushBlob(Content);
        var target = await Client(user, $"{user.Name}/target", source.Name);
        await AssertUpload(target, RegistryClient.Sha256(RandomNumberGenerator.GetBytes(8)), source.Name);
        await AssertUpload(target, RegistryClient.Sha256(Content), $"{user.Name}/nothing");
        await AssertUpload(target, RegistryClient.Sha256(Content), "no//name");
    }

    [Fact]
    public async Task Mount_of_what_is_no_digest_is_DIGEST_INVALID()
    {
        var client = await RegistryClient.Fresh(server);
        using var reply = await Mount(client, "sha256:abc", client.Name);
        Assert.StartsWith("DIGEST_INVALID: ", await RegistryClient.Refusal(reply, HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Without_a_source_the_blob_comes_from_any_image_that_the_caller_may_pull()
    {
        var user = await server.NewUser();
        var digest = await (await RegistryClient.For(server, user, $"{user.Name}/source")).PushBlob(RandomNumberGenerator.GetBytes(100));
        var target = await RegistryClient.For(server, user, $"{user.Name}/target");
        // "The registry MAY treat the from parameter as optional, and it MAY cross-mount the blob if it can be found."
        using var basic = await server.Send(HttpMethod.Post, $"/v2/{target.Name}/blobs/uploads/?mount={digest}", basic: user.Basic);
        Assert.Equal(HttpStatusCode.Created, basic.StatusCode);
        using var pulled = await target.Head($"blobs/{digest}");
        Assert.Equal(HttpStatusCode.OK, pulled.StatusCode);
        // A token is for what it names: another project of the same user it has to name.
        await AssertUpload(await RegistryClient.For(server, user, $"{user.Name}/third"), digest, null);
        using var named = await Mount(await Client(user, $"{user.Name}/third", $"{user.Name}/source"), digest, null);
        Assert.Equal(HttpStatusCode.Created, named.StatusCode);
    }

    [Fact]
    public async Task Token_for_an_image_mounts_from_the_other_images_of_its_project()
    {
        var user = await server.NewUser();
        var source = await RegistryClient.For(server, user, $"{user.Name}/project/source");
        var digest = await source.PushBlob(Content);
        foreach (var (image, from) in new[] { ("one", source.Name), ("two", null) })
        {
            using var mounted = await Mount(await RegistryClient.For(server, user, $"{user.Name}/project/{image}"), digest, from);
            Assert.Equal(HttpStatusCode.Created, mounted.StatusCode);
        }
    }

    [Fact]
    public async Task Blob_of_a_public_image_is_mounted_and_that_of_a_private_one_is_pushed_anew()
    {
        var owner = await server.NewUser();
        var digest = await (await RegistryClient.For(server, owner, $"{owner.Name}/base")).PushBlob(RandomNumberGenerator.GetBytes(100));
        var client = await RegistryClient.Fresh(server);
        await AssertUpload(client, digest, null);
        await Projects.SetVisibility(server, owner, "base", "public");
        using var mounted = await Mount(client, digest, null);
        Assert.Equal(HttpStatusCode.Created, mounted.StatusCode);
    }

    private static async Task AssertUpload(RegistryClient client, string digest, string? from)
    {
        using var reply = await Mount(client, digest, from);
        Assert.Equal(HttpStatusCode.Accepted, reply.StatusCode);
        using var status = await client.Get(reply.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.NoContent, status.StatusCode);
    }

    private static Task<HttpResponseMessage> Mount(RegistryClient client, string digest, string? from) =>
        client.Send(HttpMethod.Post, $"blobs/uploads/?mount={digest}{(from is null ? "" : $"&from={from}")}");

    private async Task<RegistryClient> Client(TestUser user, string name, string alsoPull) => new(server, name,
        await server.RegistryToken(user.Basic, $"repository:{name}:pull,push", $"repository:{alsoPull}:pull"));
}
