using System.Net;
using System.Security.Cryptography;
using Berth.Tests.Access;
using Berth.Tests.Harness;

namespace Berth.Tests.Distribution;

/// <summary>A push that takes longer than its registry token lives goes on, for as long as what gave the token still would.</summary>
public sealed class ThrottledPushTests : IAsyncLifetime
{
    private const int Chunk = 10_000;

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartOwn();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Layer_whose_chunks_come_in_over_two_hours_is_pushed_by_the_token_of_its_beginning()
    {
        var user = await _server.NewUser();
        var client = await RegistryClient.For(_server, user, $"{user.Name}/hello");
        var bytes = RandomNumberGenerator.GetBytes(30 * Chunk);
        var location = await client.StartUpload();
        for (var start = 0; start < bytes.Length - Chunk; start += Chunk)
        {
            _server.Clock.Advance(TimeSpan.FromMinutes(4));
            using var patched = await client.Patch(location, bytes[start..(start + Chunk)], $"{start}-{start + Chunk - 1}");
            Assert.Equal(HttpStatusCode.Accepted, patched.StatusCode);
            location = patched.Headers.Location!.OriginalString;
        }
        _server.Clock.Advance(TimeSpan.FromMinutes(4));
        var digest = RegistryClient.Sha256(bytes);
        // Where the reply to the PUT gets lost, its repetition needs the old token as well.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            using var finished = await client.Finish(location, digest, bytes[^Chunk..]);
            Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
        }

        // The upload is all that the old token still serves.
        using var head = await client.Head($"blobs/{digest}");
        Assert.Equal(HttpStatusCode.Unauthorized, head.StatusCode);
        using var manifest = await client.PutManifest("latest", RegistryClient.Manifest((digest, bytes.Length)));
        Assert.Contains("has expired", await RegistryClient.Refusal(manifest, HttpStatusCode.Unauthorized), StringComparison.Ordinal);
        var renewed = await RegistryClient.For(_server, user, client.Name);
        using var taken = await renewed.PutManifest("latest", RegistryClient.Manifest((digest, bytes.Length)));
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
    }

    [Theory]
    [InlineData("the credential is revoked")]
    [InlineData("its user is blocked")]
    [InlineData("the registry of the project is switched off")]
    public async Task Expired_token_serves_its_upload_no_longer_when(string happening)
    {
        var user = await _server.NewUser();
        var client = await RegistryClient.For(_server, user, $"{user.Name}/hello");
        using var patched = await client.Patch(await client.StartUpload(), new byte[Chunk]);
        var location = patched.Headers.Location!.OriginalString;
        _server.Clock.Advance(TimeSpan.FromMinutes(6));
        using (var before = await client.Get(location))
            Assert.Equal(HttpStatusCode.NoContent, before.StatusCode);
        switch (happening)
        {
            case "the credential is revoked":
                using (var revoked = await _server.Send(HttpMethod.Delete, $"/api/v4/personal_access_tokens/{user.TokenId}", token: user.Token))
                    Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
                break;
            case "its user is blocked":
                await _server.Database.Write(transaction => transaction.Execute("update users set state = 2 where id = @Id", user));
                break;
            default:
                await Projects.Change(_server, user, "hello", new { container_registry_access_level = "disabled" });
                break;
        }
        using var status = await client.Get(location);
        using var chunk = await client.Patch(location, new byte[Chunk]);
        using var finished = await client.Finish(location, RegistryClient.Sha256(new byte[Chunk]));
        using var cancelled = await client.Delete(location);
        Assert.All([status, chunk, finished, cancelled], reply => Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode));
    }

    [Fact]
    public async Task Token_of_another_repository_does_not_serve_the_upload_expired_or_not()
    {
        var user = await _server.NewUser();
        var client = await RegistryClient.For(_server, user, $"{user.Name}/one");
        var other = await RegistryClient.For(_server, user, $"{user.Name}/two");
        await other.StartUpload();
        var location = await client.StartUpload();
        foreach (var minutes in new[] { 0, 6 })
        {
            _server.Clock.Advance(TimeSpan.FromMinutes(minutes));
            using var patched = await other.Patch(location, [1]);
            Assert.Contains("issued for something else", await RegistryClient.Refusal(patched, HttpStatusCode.Unauthorized), StringComparison.Ordinal);
            // The session's id under the token's own repository is none there.
            using var moved = await other.Patch(location.Replace("/one/", "/two/", StringComparison.Ordinal), [1]);
            Assert.StartsWith("BLOB_UPLOAD_UNKNOWN: ", await RegistryClient.Refusal(moved, HttpStatusCode.NotFound));
            using var status = await client.Get(location);
            Assert.Equal("0-0", status.Headers.GetValues("Range").Single());
        }
    }
}
