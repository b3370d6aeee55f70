using Berth.Oci;
using Berth.Tests.Harness;

namespace Berth.Tests.Http;

/// <summary>One connection for many requests: an error, or a body that nobody read, does not shift the answers that follow.</summary>
public sealed class ConnectionReuseTests(TestServer server)
{
    /// <summary>More than Kestrel holds of a body that nobody reads, and less than the most that it passes over for a manifest.</summary>
    private const int Large = 8_000_000;

    [Fact]
    public async Task Pipelined_requests_are_answered_in_order_errors_among_them()
    {
        var client = await RegistryClient.OfSharedUser(server);
        var (digest, json) = await client.PushImage("latest");
        using var raw = await RawHttp.Connect(server);
        await raw.SendText(
            Get(client, "manifests/none") + Get(client, "manifests/latest") + Get(client, "blobs/nope") + Get(client, "tags/list", "PUT")
            + Get(client, $"manifests/{digest}", "DELETE") + Get(client, "manifests/latest") + Get(client, "/v2/", close: true));
        var replies = await raw.ReceiveAll();
        Assert.Equal([404, 200, 400, 405, 202, 404, 200], replies.Select(reply => reply.Status));
        Assert.Equal(json, replies[1].Body);
        Assert.Equal(["MANIFEST_UNKNOWN", null, "DIGEST_INVALID", "UNSUPPORTED", null, "MANIFEST_UNKNOWN", null], replies.Select(reply => reply.Code));
    }

    [Fact]
    public async Task Head_on_a_kept_connection_is_followed_by_the_next_answer_and_no_body()
    {
        var client = await RegistryClient.OfSharedUser(server);
        await client.PushImage("latest");
        using var raw = await RawHttp.Connect(server);
        foreach (var (path, status) in new[] { ("manifests/latest", 200), ("manifests/none", 404), ("blobs/nope", 400), ("/v2/", 200) })
        {
            await raw.SendText(Get(client, path, "HEAD"));
            Assert.Equal(status, (await raw.ReceiveNext(isHead: true))!.Status);
        }
        await raw.SendText(Get(client, "/v2/", close: true));
        Assert.Equal("{}", Assert.Single(await raw.ReceiveAll()).Body);
    }

    [Theory]
    [InlineData("PUT", "manifests/latest", "", 401)]
    [InlineData("POST", "blobs/uploads/", "", 401)]
    [InlineData("PATCH", "blobs/uploads/0123456789abcdef0123456789abcdef", "TOKEN", 404)]
    [InlineData("PATCH", "LOCATION", "TOKEN", 416)]
    [InlineData("PUT", "blobs/uploads/0123456789abcdef0123456789abcdef", "TOKEN", 400)]
    public async Task Body_of_a_refused_upload_is_passed_over_and_the_next_request_answered(string method, string path, string login, int status)
    {
        var client = await RegistryClient.OfSharedUser(server);
        var location = await client.StartUpload();
        foreach (var (headers, before, after) in new[] { ($"Content-Length: {Large}", "", ""), ("Transfer-Encoding: chunked", $"{Large:x}\r\n", "\r\n0\r\n\r\n") })
        {
            using var raw = await RawHttp.Connect(server);
            await raw.SendText($"{method} {(path == "LOCATION" ? location : $"/v2/{client.Name}/{path}")} HTTP/1.1\r\nHost: localhost\r\n"
                + $"{(login.Length > 0 ? $"Authorization: Bearer {client.Token}\r\n" : "")}{(status == 416 ? $"Content-Range: 5-{Large + 4}\r\n" : "")}{headers}\r\n\r\n{before}");
            await raw.SendBytes(new byte[Large]);
            await raw.SendText(after + Get(client, "/v2/", close: true));
            Assert.Equal([status, 200], (await raw.ReceiveAll()).Select(reply => reply.Status));
        }
    }

    [Theory]
    [InlineData("Content-Length: 9000000", "", "")]
    [InlineData("Transfer-Encoding: chunked", "895440\r\n", "\r\n0\r\n\r\n")]
    public async Task Client_that_sends_a_manifest_over_the_limit_to_its_end_comes_to_read_the_413(string header, string before, string after)
    {
        var client = await RegistryClient.OfSharedUser(server);
        using var raw = await RawHttp.Connect(server);
        await raw.SendText($"PUT /v2/{client.Name}/manifests/latest HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {client.Token}\r\n{header}\r\n\r\n{before}");
        await raw.SendBytes(new byte[9_000_000]);
        await raw.SendText(after + Get(client, "/v2/", close: true));
        var replies = await raw.ReceiveAll();
        Assert.Equal([413, 200], replies.Select(reply => reply.Status));
        Assert.Contains($"over {OciLimits.MaxManifestBytes / (1024 * 1024)} MiB", replies[0].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_of_a_GET_is_passed_over()
    {
        var client = await RegistryClient.OfSharedUser(server);
        using var raw = await RawHttp.Connect(server);
        await raw.SendText(Get(client, "manifests/none")[..^2] + "Content-Length: 22\r\n\r\nGET /evil HTTP/1.1\r\n\r\n" + Get(client, "/v2/", close: true));
        Assert.Equal([404, 200], (await raw.ReceiveAll()).Select(reply => reply.Status));
    }

    private static string Get(RegistryClient client, string path, string method = "GET", bool close = false) =>
        $"{method} {(path.StartsWith('/') ? path : $"/v2/{client.Name}/{path}")} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {client.Token}\r\n{(close ? "Connection: close\r\n" : "")}\r\n";
}
