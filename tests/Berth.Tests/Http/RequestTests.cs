using System.Net;
using System.Text;
using Berth.Tests.Harness;

namespace Berth.Tests.Http;

/// <summary>Requests at the edge of HTTP: never a 500, and from /v2 an error in the registry's shape.</summary>
public sealed class RequestTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/v2/a%2Fb/manifests/latest", 400, "NAME_INVALID")]
    [InlineData("GET", "/v2/a%2fb/c/tags/list", 400, "NAME_INVALID")]
    [InlineData("GET", "/v2/A/B/manifests/latest", 400, "NAME_INVALID")]
    [InlineData("GET", "/v2/a:b/c/manifests/latest", 400, "NAME_INVALID")]
    [InlineData("GET", "/v2/a:b/manifests/latest", 400, "NAME_INVALID")]
    [InlineData("GET", "/v2/a//b/manifests/latest", 400, "NAME_INVALID")]
    [InlineData("GET", "/v2/a/b%ff/manifests/latest", 400, "NAME_INVALID")]
    [InlineData("GET", "/v2/a/b%0d%0aX-Evil:1/manifests/latest", 400, "NAME_INVALID")]
    [InlineData("GET", "/v2/a/%ef%bf%bd/manifests/latest", 400, "NAME_INVALID")]
    [InlineData("GET", "/v2/a/b\u00e9/manifests/latest", 400, null)]
    [InlineData("GET", "/v2/a/b%00/manifests/latest", 400, null)]
    [InlineData("GET", "/v2/root/..%2f..%2fetc/manifests/latest", 400, "NAME_INVALID")]
    [InlineData("GET", "/v2/root/hello/manifests/", 404, "UNSUPPORTED")]
    [InlineData("GET", "/v2/root/hello/tags/other", 404, "UNSUPPORTED")]
    [InlineData("GET", "/v2/root/hello", 404, "UNSUPPORTED")]
    [InlineData("GET", "/v2//", 404, "UNSUPPORTED")]
    [InlineData("POST", "/v2/", 405, "UNSUPPORTED")]
    [InlineData("PUT", "/v2/root/hello/tags/list", 405, "UNSUPPORTED")]
    [InlineData("POST", "/v2/root/hello/manifests/latest", 405, "UNSUPPORTED")]
    [InlineData("BREW", "/v2/root/hello/manifests/latest", 405, "UNSUPPORTED")]
    [InlineData("GET", "/v2/root/hello/blobs/uploads/%2e%2e%2fx", 404, "BLOB_UPLOAD_UNKNOWN")]
    [InlineData("GET", "/v2/root/hello/blobs/uploads/..%2f..%2fberth.db", 404, "BLOB_UPLOAD_UNKNOWN")]
    public async Task Odd_path_is_refused_in_the_registry_s_shape(string method, string path, int status, string? code)
    {
        using var made = await server.Send(HttpMethod.Post, "/v2/root/hello/blobs/uploads/", basic: $"root:{TestServer.RootToken}");
        Assert.Equal(HttpStatusCode.Accepted, made.StatusCode);
        var reply = await Exchange($"{method} {path} HTTP/1.1\nAuthorization: Basic {Basic}\nContent-Length: 0");
        Assert.Equal(status, reply.Status);
        if (code is not null)
            Assert.Contains($"\"code\":\"{code}\"", reply.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Evil:", reply.Head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v2/root/x/../../../etc/passwd")]
    [InlineData("/v2/%2e%2e/%2e%2e/blobs/sha256:x")]
    public async Task Path_that_leaves_v2_by_dots_is_the_address_of_a_page_and_leads_to_sign_in(string path)
    {
        var reply = await Exchange($"GET {path} HTTP/1.1\nAuthorization: Basic {Basic}");
        Assert.Equal(302, reply.Status);
        Assert.Contains("Location: /users/sign_in", reply.Head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /v2/ HTTP/1.1\nHost: a\nHost: b")]
    [InlineData("GET /v2/ HTTP/9.9")]
    [InlineData("GET v2 HTTP/1.1")]
    [InlineData("GET  HTTP/1.1")]
    [InlineData("GET /v2/ HTTP/1.1\nContent-Length: -1")]
    [InlineData("GET /v2/ HTTP/1.1\nContent-Length: 1\nTransfer-Encoding: chunked")]
    public async Task Broken_request_is_a_4xx_or_505(string head)
    {
        var status = (await Exchange(head)).Status;
        Assert.True(status is >= 400 and < 500 or 505, status.ToString());
    }

    [Fact]
    public async Task Method_that_a_route_does_not_take_is_answered_with_those_that_it_takes()
    {
        using var reply = await server.Send(HttpMethod.Put, "/v2/root/hello/tags/list", basic: $"root:{TestServer.RootToken}");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, reply.StatusCode);
        Assert.Equal(["GET"], reply.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("/api/v4/users")]
    [InlineData("/api/v4/projects")]
    public async Task Json_over_64_KiB_is_413_in_GitLab_s_shape(string path)
    {
        using var content = new StringContent($"{{\"name\":\"{new string('x', 70_000)}\"}}", Encoding.UTF8, "application/json");
        using var reply = await server.Send(HttpMethod.Post, path, content, token: TestServer.RootToken);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, reply.StatusCode);
        Assert.StartsWith("{\"message\":", await reply.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task Head_has_the_length_of_get_and_no_body()
    {
        var client = await RegistryClient.Fresh(server);
        var (digest, _) = await client.PushImage("latest");
        var blob = await client.PushBlob(new byte[123]);
        foreach (var path in new[] { $"manifests/{digest}", "manifests/latest", $"blobs/{blob}", "manifests/none", $"blobs/{RegistryClient.Sha256([9, 9])}", "/v2/", "/v2/nothing" })
        {
            using var get = await client.Get(path);
            var length = (await get.Content.ReadAsByteArrayAsync(Cancel)).Length;
            var target = path.StartsWith('/') ? path : $"/v2/{client.Name}/{path}";
            var head = await Exchange($"HEAD {target} HTTP/1.1\nAuthorization: Bearer {client.Token}");
            Assert.Equal((int)get.StatusCode, head.Status);
            Assert.Empty(head.Body);
            Assert.Contains($"\r\nContent-Length: {length}\r\n", head.Head + "\r\n", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Nothing_says_which_server_this_is()
    {
        using var reply = await server.Send(HttpMethod.Get, "/v2/");
        Assert.False(reply.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Admin_routes_are_not_to_be_had_over_the_network()
    {
        using var reply = await server.Send(HttpMethod.Post, "/admin/reset-root-password", basic: $"root:{TestServer.RootToken}");
        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
    }

    private static string Basic => Convert.ToBase64String(Encoding.ASCII.GetBytes($"root:{TestServer.RootToken}"));

    private async Task<RawReply> Exchange(string head)
    {
        using var raw = await RawHttp.Connect(server);
        await raw.Send(head);
        return await raw.Receive();
    }
}
