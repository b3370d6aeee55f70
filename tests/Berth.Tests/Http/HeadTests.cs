using Berth.Tests.Harness;

namespace Berth.Tests.Http;

/// <summary>"A HEAD request … the response MUST NOT contain a body", and its length is GET's: on each route that takes HEAD, each error included.</summary>
public sealed class HeadTests(TestServer server)
{
    private static readonly string Unknown = RegistryClient.Sha256([9, 9]);

    [Theory]
    [InlineData("/v2/")]
    [InlineData("/v2/nothing")]
    [InlineData("/v2/A/b/manifests/latest")]
    [InlineData("/v2/NAME/manifests/latest")]
    [InlineData("/v2/NAME/manifests/DIGEST")]
    [InlineData("/v2/NAME/manifests/none")]
    [InlineData("/v2/NAME/manifests/-")]
    [InlineData("/v2/NAME/manifests/sha256:abc")]
    [InlineData("/v2/NAME/manifests/UNKNOWN")]
    [InlineData("/v2/NAME/blobs/BLOB")]
    [InlineData("/v2/NAME/blobs/EMPTY")]
    [InlineData("/v2/NAME/blobs/UNKNOWN")]
    [InlineData("/v2/NAME/blobs/sha256:abc")]
    [InlineData("/v2/NAME/blobs/md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("/v2/other/private/manifests/latest")]
    [InlineData("/v2/other/private/blobs/UNKNOWN")]
    public async Task Head_answers_as_get_does_with_its_length_and_no_body(string path)
    {
        var client = await RegistryClient.OfSharedUser(server);
        var (digest, _) = await client.PushImage("latest");
        var target = path.Replace("NAME", client.Name, StringComparison.Ordinal).Replace("DIGEST", digest, StringComparison.Ordinal)
            .Replace("BLOB", await client.PushBlob(new byte[123]), StringComparison.Ordinal).Replace("EMPTY", await client.PushBlob([]), StringComparison.Ordinal)
            .Replace("UNKNOWN", Unknown, StringComparison.Ordinal);
        foreach (var authorization in new[] { $"Authorization: Bearer {client.Token}\r\n", "", "Authorization: Bearer wrong\r\n" })
        {
            var (head, afterwards) = await Exchange("HEAD", target, authorization);
            var (get, _) = await Exchange("GET", target, authorization);
            Assert.Equal(get.Status, head.Status);
            Assert.Equal(get.Body.Length.ToString(), head.Header("Content-Length"));
            foreach (var header in new[] { "Content-Length", "Content-Type", "Docker-Content-Digest", "ETag", "WWW-Authenticate", "Allow", "X-Content-Type-Options" })
                Assert.Equal(get.Header(header), head.Header(header));
            // Not a byte between the head and the next answer.
            Assert.Equal(404, afterwards.Status);
        }
    }

    [Theory]
    [InlineData("/v2/NAME/blobs/BLOB", "Range: bytes=500-0\r\n")]
    [InlineData("/v2/NAME/blobs/BLOB", "Range: bytes=5000-\r\n")]
    [InlineData("/v2/NAME/blobs/BLOB", "Range: bytes=1-2\r\n")]
    public async Task Head_ignores_a_range(string path, string range)
    {
        // "Range … for requests with other methods [than GET] MUST be ignored" (RFC 9110, section 14.2).
        var client = await RegistryClient.OfSharedUser(server);
        var target = path.Replace("NAME", client.Name, StringComparison.Ordinal).Replace("BLOB", await client.PushBlob(new byte[123]), StringComparison.Ordinal);
        var (head, _) = await Exchange("HEAD", target, $"Authorization: Bearer {client.Token}\r\n{range}");
        Assert.Equal(200, head.Status);
        Assert.Equal("123", head.Header("Content-Length"));
        Assert.Null(head.Header("Content-Range"));
    }

    [Theory]
    [InlineData("manifests/latest")]
    [InlineData("blobs/BLOB")]
    public async Task Not_modified_has_no_body(string path)
    {
        var client = await RegistryClient.OfSharedUser(server);
        await client.PushImage("latest");
        var target = $"/v2/{client.Name}/{path.Replace("BLOB", await client.PushBlob(new byte[123]), StringComparison.Ordinal)}";
        var authorization = $"Authorization: Bearer {client.Token}\r\n";
        var (first, _) = await Exchange("GET", target, authorization);
        var (again, afterwards) = await Exchange("GET", target, $"{authorization}If-None-Match: {first.Header("ETag")}\r\n");
        Assert.Equal(304, again.Status);
        Assert.Equal(404, afterwards.Status);
    }

    /// <summary>The reply, and that to a request for nothing right behind it on the same connection.</summary>
    private async Task<(RawReply Reply, RawReply Afterwards)> Exchange(string method, string target, string headers)
    {
        using var raw = await RawHttp.Connect(server);
        await raw.SendText($"{method} {target} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\nGET /v2/nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        var reply = await raw.ReceiveNext(isHead: method == "HEAD");
        return (reply!, (await raw.ReceiveNext())!);
    }
}
