using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Berth.Server.Images;
using Berth.Tests.Harness;

namespace Berth.Tests.Distribution;

/// <summary>/v2/NAME/blobs/DIGEST.</summary>
public sealed class BlobTests(TestServer server)
{
    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(1000);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Head_says_the_length_and_get_gives_the_bytes()
    {
        var (client, digest) = await Pushed();
        using var head = await client.Head($"blobs/{digest}");
        // "A HEAD request to an existing blob or manifest URL MUST return 200 OK. … A successful response MUST contain the size in bytes".
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(1000, head.Content.Headers.ContentLength);
        Assert.Equal(digest, head.Headers.GetValues("Docker-Content-Digest").Single());
        using var get = await client.Get($"blobs/{digest}");
        Assert.Equal(HttpStatusCode.OK, get.StatusCode);
        Assert.Equal(Content, await get.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task Bytes_of_users_never_run_in_a_browser_and_stay_out_of_shared_caches(string method)
    {
        var (client, digest) = await Pushed();
        using var reply = await client.Send(new HttpMethod(method), $"blobs/{digest}");
        Assert.Equal("application/octet-stream", reply.Content.Headers.ContentType!.ToString());
        Assert.Equal("nosniff", reply.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("sandbox", reply.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("attachment", reply.Content.Headers.ContentDisposition!.ToString());
        Assert.Contains("private", reply.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=10-19", 10, 10)]
    [InlineData("bytes=990-5000", 990, 10)]
    [InlineData("bytes=995-", 995, 5)]
    [InlineData("bytes=-7", 993, 7)]
    [InlineData("bytes=-5000", 0, 1000)]
    public async Task Range_is_answered_with_206_and_the_part(string range, int offset, int length)
    {
        var (client, digest) = await Pushed();
        using var reply = await client.Get($"blobs/{digest}", request => request.Headers.TryAddWithoutValidation("Range", range));
        Assert.Equal(HttpStatusCode.PartialContent, reply.StatusCode);
        Assert.Equal($"bytes {offset}-{offset + length - 1}/1000", reply.Content.Headers.ContentRange!.ToString());
        Assert.Equal(Content[offset..(offset + length)], await reply.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Theory]
    [InlineData("bytes=1000-")]
    [InlineData("bytes=5000-10000")]
    [InlineData("bytes=500-0")]
    [InlineData("bytes=-0")]
    public async Task Range_that_cannot_be_is_416_with_the_length_in_the_registry_s_shape(string range)
    {
        var (client, digest) = await Pushed();
        using var reply = await client.Get($"blobs/{digest}", request => request.Headers.TryAddWithoutValidation("Range", range));
        Assert.StartsWith("RANGE_INVALID: ", await RegistryClient.Refusal(reply, HttpStatusCode.RequestedRangeNotSatisfiable));
        Assert.Equal("bytes */1000", reply.Content.Headers.ContentRange!.ToString());
        // Else a cache would keep the refusal for a year.
        Assert.Null(reply.Headers.CacheControl);
        Assert.Null(reply.Headers.ETag);
    }

    [Theory]
    [InlineData("items=0-1")]
    [InlineData("bytes=0-1,5-6")]
    [InlineData("bytes=x")]
    public async Task Range_that_means_nothing_here_is_ignored(string range)
    {
        var (client, digest) = await Pushed();
        using var reply = await client.Get($"blobs/{digest}", request => request.Headers.TryAddWithoutValidation("Range", range));
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal(Content, await reply.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task Range_under_another_If_Range_is_ignored()
    {
        var (client, digest) = await Pushed();
        // RFC 9110 13.1.5: "A recipient of an If-Range header field MUST ignore the Range header field if the condition … evaluates to false."
        foreach (var (tag, status) in new[] { ($"\"{digest}\"", HttpStatusCode.PartialContent), ("\"other\"", HttpStatusCode.OK), ($"W/\"{digest}\"", HttpStatusCode.OK) })
        {
            using var reply = await client.Get($"blobs/{digest}", request =>
            {
                request.Headers.TryAddWithoutValidation("Range", "bytes=0-9");
                request.Headers.TryAddWithoutValidation("If-Range", tag);
            });
            Assert.Equal(status, reply.StatusCode);
        }
    }

    [Theory]
    [InlineData("\"{0}\"", 304)]
    [InlineData("W/\"{0}\"", 304)]
    [InlineData("\"other\", \"{0}\"", 304)]
    [InlineData("*", 304)]
    [InlineData("\"other\"", 200)]
    [InlineData("{0}", 200)]
    public async Task If_None_Match_is_answered_with_304_if_one_of_the_tags_is_the_digest(string format, int status)
    {
        var (client, digest) = await Pushed();
        using var reply = await client.Get($"blobs/{digest}", request => request.Headers.TryAddWithoutValidation("If-None-Match", string.Format(null, format, digest)));
        Assert.Equal(status, (int)reply.StatusCode);
        Assert.Equal($"\"{digest}\"", reply.Headers.ETag!.ToString());
    }

    [Theory]
    [InlineData("GET", "sha256:abc", HttpStatusCode.BadRequest, "DIGEST_INVALID")]
    [InlineData("HEAD", "sha256:abc", HttpStatusCode.BadRequest, null)]
    [InlineData("DELETE", "latest", HttpStatusCode.BadRequest, "DIGEST_INVALID")]
    [InlineData("GET", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b850", HttpStatusCode.NotFound, "BLOB_UNKNOWN")]
    [InlineData("HEAD", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b850", HttpStatusCode.NotFound, null)]
    [InlineData("DELETE", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b850", HttpStatusCode.NotFound, "BLOB_UNKNOWN")]
    public async Task Blob_that_is_not_there_or_no_digest_is_said_to_be_so(string method, string digest, HttpStatusCode status, string? code)
    {
        var (client, _) = await Pushed();
        using var reply = await client.Send(new HttpMethod(method), $"blobs/{digest}");
        Assert.Equal(status, reply.StatusCode);
        if (code is not null)
            Assert.StartsWith(code + ": ", await RegistryClient.Error(reply));
    }

    [Fact]
    public async Task Blob_of_another_repository_is_unknown_here()
    {
        var (_, digest) = await Pushed();
        var other = await RegistryClient.Fresh(server);
        await other.StartUpload();
        using var reply = await other.Get($"blobs/{digest}");
        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
    }

    [Fact]
    public async Task Deleted_blob_is_unknown_until_it_is_pushed_again()
    {
        var (client, digest) = await Pushed();
        using var deleted = await client.Delete($"blobs/{digest}");
        // "Upon success, the registry MUST respond with code 202 Accepted. If the blob is not found, a 404 Not Found code MUST be returned."
        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        using var gone = await client.Head($"blobs/{digest}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        using var twice = await client.Delete($"blobs/{digest}");
        Assert.Equal(HttpStatusCode.NotFound, twice.StatusCode);
        await client.PushBlob(Content);
        using var back = await client.Get($"blobs/{digest}");
        Assert.Equal(Content, await back.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task Blob_that_a_manifest_needs_cannot_be_deleted_before_it()
    {
        var client = await RegistryClient.Fresh(server);
        var (manifest, json) = await client.PushImage("latest");
        var layer = JsonDocument.Parse(json).RootElement.GetProperty("layers")[0].GetProperty("digest").GetString()!;
        using var refused = await client.Delete($"blobs/{layer}");
        Assert.StartsWith("UNSUPPORTED: ", await RegistryClient.Refusal(refused, HttpStatusCode.MethodNotAllowed));
        using var first = await client.Delete($"manifests/{manifest}");
        using var then = await client.Delete($"blobs/{layer}");
        Assert.Equal(HttpStatusCode.Accepted, then.StatusCode);
    }

    [Fact]
    public async Task Truncated_blob_is_absent_to_all_and_heals_when_it_is_pushed_again()
    {
        var client = await RegistryClient.Fresh(server);
        var bytes = RandomNumberGenerator.GetBytes(5000);
        var digest = await client.PushBlob(bytes);
        using (var file = new FileStream(server.BlobFile(digest), FileMode.Open))
            file.SetLength(3000);
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
        {
            using var reply = await client.Send(method, $"blobs/{digest}");
            Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        }
        // Nor can it be mounted: a client that is told 201 would not push it.
        using var mounted = await client.Send(HttpMethod.Post, $"blobs/uploads/?mount={digest}&from={client.Name}");
        Assert.Equal(HttpStatusCode.Accepted, mounted.StatusCode);
        await client.PushBlob(bytes);
        using var healed = await client.Get($"blobs/{digest}");
        Assert.Equal(bytes, await healed.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task Missing_file_makes_its_blob_absent()
    {
        var client = await RegistryClient.Fresh(server);
        var digest = await client.PushBlob(RandomNumberGenerator.GetBytes(500));
        File.Delete(server.BlobFile(digest));
        using var reply = await client.Get($"blobs/{digest}");
        Assert.StartsWith("BLOB_UNKNOWN: ", await RegistryClient.Refusal(reply, HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task Push_counts_the_bytes_of_a_blob_once_for_its_project()
    {
        var client = await RegistryClient.Fresh(server);
        await client.PushBlob(Content);
        await client.PushBlob(Content);
        Assert.Equal(1000, Assert.Single(await server.Query<long>($"select {ImageSize.Of} from repositories r where r.image_name = @path", new { path = client.Name })));
    }

    private async Task<(RegistryClient Client, string Digest)> Pushed()
    {
        var client = await RegistryClient.Fresh(server);
        return (client, await client.PushBlob(Content));
    }
}
