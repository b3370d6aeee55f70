using System.Net;
using System.Text;
using Berth.Tests.Harness;

namespace Berth.Tests.Http;

/// <summary>What an address may hide: encoded slashes, dots, NUL, bytes that are no text, whole URLs, and hosts of the client's making.</summary>
public sealed class RequestTargetTests(TestServer server)
{
    private const string Unescaped = "'a%2Fb' is no tag: up to 128 letters, digits, '_', '.' and '-', beginning with a letter, digit or '_'";

    [Theory]
    // A slash that was encoded separates nothing (CVE-2024-4956): neither in a name nor in a reference, however often it is encoded.
    [InlineData("NAMESPACE%2Fhello/tags/list", 400, "NAME_INVALID")]
    [InlineData("NAMESPACE%2fhello/tags/list", 400, "NAME_INVALID")]
    [InlineData("NAMESPACE%252Fhello/tags/list", 400, "NAME_INVALID")]
    [InlineData("NAMESPACE/hello%2Ftags%2Flist", 404, "UNSUPPORTED")]
    [InlineData("NAMESPACE/hello/manifests/a%2Fb", 400, "TAG_INVALID")]
    [InlineData("NAMESPACE/hello/manifests/a%2fb", 400, "TAG_INVALID")]
    [InlineData("NAMESPACE/hello/manifests/a%252Fb", 400, "TAG_INVALID")]
    [InlineData("NAMESPACE/hello/manifests/..%2F..%2Fetc", 400, "TAG_INVALID")]
    [InlineData("NAMESPACE/hello/manifests/a%5Cb", 400, "TAG_INVALID")]
    [InlineData("NAMESPACE/hello/manifests/%2E%2E%2Fx", 400, "TAG_INVALID")]
    [InlineData("NAMESPACE/hello/blobs/..%2f..%2fetc", 400, "DIGEST_INVALID")]
    [InlineData("NAMESPACE/hello/blobs/sha256:..%2f..%2f..%2fberth.db", 400, "DIGEST_INVALID")]
    [InlineData("NAMESPACE/hello/blobs/uploads/..%252f..%252fberth.db", 404, "BLOB_UPLOAD_UNKNOWN")]
    // Dots are worked out before anything is routed, and lead to what is written without them.
    [InlineData("NAMESPACE/./hello/tags/list", 200, null)]
    [InlineData("NAMESPACE/x/../hello/tags/list", 200, null)]
    [InlineData("NAMESPACE/x/%2e%2e/hello/tags/list", 200, null)]
    [InlineData("NAMESPACE/hello/manifests/..", 404, "UNSUPPORTED")]
    [InlineData("NAMESPACE/hello/manifests/%2e%2e", 404, "UNSUPPORTED")]
    [InlineData("NAMESPACE/hello/manifests/.", 404, "UNSUPPORTED")]
    [InlineData("NAMESPACE/hello/manifests/...", 400, "TAG_INVALID")]
    // NUL and what is no UTF-8.
    [InlineData("NAMESPACE/hello/manifests/a%00b", 400, null)]
    [InlineData("NAMESPACE/hel%00lo/tags/list", 400, null)]
    [InlineData("NAMESPACE/hello/manifests/a\0b", 400, null)]
    [InlineData("NAMESPACE/hello/manifests/\u00e9", 400, null)]
    [InlineData("NAMESPACE/hello/manifests/a%ffb", 400, "TAG_INVALID")]
    [InlineData("NAMESPACE/hello/manifests/a%c3%28", 400, "TAG_INVALID")]
    [InlineData("NAMESPACE/hello/manifests/%c0%ae%c0%ae", 400, "TAG_INVALID")]
    [InlineData("NAMESPACE/hello/manifests/%ed%a0%80", 400, "TAG_INVALID")]
    [InlineData("NAMESPACE/hel%fflo/tags/list", 400, "NAME_INVALID")]
    [InlineData("NAMESPACE/hello/tags/list?n=%00", 400, "PAGINATION_NUMBER_INVALID")]
    [InlineData("NAMESPACE/hello/tags/list?n=%ff", 400, "PAGINATION_NUMBER_INVALID")]
    [InlineData("NAMESPACE/hello/tags/list?last=%00", 200, null)]
    [InlineData("NAMESPACE/hello/tags/list?last=%ff", 200, null)]
    // Escapes of what needs none are the same address; half an escape is text.
    [InlineData("NAMESPACE/%68ello/tags/list", 200, null)]
    [InlineData("NAMESPACE/hello/blobs/sha256%3Ae3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 404, "BLOB_UNKNOWN")]
    [InlineData("NAMESPACE/hello/manifests/%", 400, "TAG_INVALID")]
    [InlineData("NAMESPACE/hello/manifests/%zz", 400, "TAG_INVALID")]
    [InlineData("NAMESPACE/hello/manifests/a%20b", 400, "TAG_INVALID")]
    [InlineData("NAMESPACE/hello/manifests/a%3Fb", 400, "TAG_INVALID")]
    [InlineData("NAMESPACE/hello/manifests/a b", 400, null)]
    [InlineData("NAMESPACE//hello/tags/list", 400, "NAME_INVALID")]
    [InlineData("NAMESPACE/hello/tags/list/", 404, "UNSUPPORTED")]
    [InlineData("NAMESPACE/hello\\..\\x/tags/list", 400, "NAME_INVALID")]
    public async Task Address_that_hides_something_is_refused_or_the_plain_one(string path, int status, string? code)
    {
        var client = await RegistryClient.OfSharedUser(server, "hello");
        await client.StartUpload();
        var reply = await Exchange($"GET /v2/{path.Replace("NAMESPACE", client.Name.Split('/')[0], StringComparison.Ordinal)} HTTP/1.1\nAuthorization: Bearer {client.Token}");
        Assert.Equal(status, reply.Status);
        if (status == 200)
            Assert.Contains($$"""{"name":"{{client.Name}}","tags":[]}""", reply.Body, StringComparison.Ordinal);
        else
            Assert.Equal(code, reply.Code);
    }

    [Fact]
    public async Task Refusal_shows_the_address_decoded_once()
    {
        var client = await RegistryClient.OfSharedUser(server, "hello");
        await client.StartUpload();
        var reply = await Exchange($"GET /v2/{client.Name}/manifests/a%252Fb HTTP/1.1\nAuthorization: Bearer {client.Token}");
        Assert.Contains(Unescaped, reply.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://HOST/v2/", 200)]
    [InlineData("http://HOST/x/../v2/", 200)]
    // A proxy that ends TLS may pass the client's own scheme on.
    [InlineData("https://HOST/v2/", 200)]
    [InlineData("http://evil.example/v2/", 400)]
    [InlineData("http://HOST@evil.example/v2/", 400)]
    [InlineData("ftp://HOST/v2/", 400)]
    [InlineData("HOST/v2/", 400)]
    [InlineData("*", 405)]
    public async Task Whole_URL_as_target_must_name_the_host_that_Host_names(string target, int status)
    {
        var client = await RegistryClient.OfSharedUser(server, "hello");
        var host = new Uri(server.Url).Authority;
        var reply = await Exchange($"GET {target.Replace("HOST", host, StringComparison.Ordinal)} HTTP/1.1\nHost: {host}\nAuthorization: Bearer {client.Token}");
        Assert.Equal(status, reply.Status);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:99999")]
    [InlineData("[::1]")]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("localhost\nX-Forwarded-Host: evil.example\nX-Forwarded-Proto: evil\nForwarded: host=evil.example")]
    [InlineData("localhost\nX-Original-URL: /evil\nX-Rewrite-URL: /evil\nX-HTTP-Method-Override: DELETE")]
    public async Task Host_of_the_client_s_making_comes_back_in_no_header_and_no_body(string host)
    {
        var client = await RegistryClient.OfSharedUser(server, "hello");
        var started = await Exchange($"POST /v2/{client.Name}/blobs/uploads/ HTTP/1.1\nHost: {host}\nAuthorization: Bearer {client.Token}\nContent-Length: 0");
        Assert.Equal(202, started.Status);
        Assert.Matches($"^/v2/{client.Name}/blobs/uploads/[0-9a-f]{{32}}\\?offset=0$", started.Header("Location")!);
        var refused = await Exchange($"GET /v2/ HTTP/1.1\nHost: {host}");
        Assert.Equal(401, refused.Status);
        Assert.Equal($"Bearer realm=\"{server.Url}/jwt/auth\",service=\"container_registry\"", refused.Header("WWW-Authenticate"));
        var page = await Exchange($"GET / HTTP/1.1\nHost: {host}");
        Assert.Equal("/users/sign_in", page.Header("Location")!.Split('?')[0]);
        Assert.DoesNotContain("evil", started.Head + refused.Head + refused.Body + page.Head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host: a b")]
    [InlineData("Host: evil.example/x")]
    [InlineData("Host: user@evil.example")]
    [InlineData("Host: a, b")]
    [InlineData("Host: a:port")]
    [InlineData("Host: \"><script>")]
    [InlineData("Host: \u00ff")]
    [InlineData("Host: a\nHost: a")]
    public async Task Host_that_is_none_is_400(string header) => Assert.Equal(400, (await Exchange($"GET /v2/ HTTP/1.1\n{header}")).Status);

    [Theory]
    [InlineData("//evil.example/v2/")]
    [InlineData("//evil.example/%2e%2e/%2e%2e")]
    [InlineData("/\\evil.example/")]
    [InlineData("/%5Cevil.example/")]
    public async Task Address_that_browsers_take_for_another_host_leads_to_our_own_sign_in(string target)
    {
        var reply = await Exchange($"GET {target} HTTP/1.1");
        Assert.Equal(302, reply.Status);
        Assert.StartsWith("/users/sign_in", reply.Header("Location"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_host_HTTP_1_1_is_400()
    {
        using var raw = await RawHttp.Connect(server);
        await raw.SendText("GET /v2/ HTTP/1.1\r\nConnection: close\r\n\r\n");
        Assert.Equal(400, (await raw.ReceiveNext())!.Status);
    }

    [Fact]
    public async Task Upload_of_another_repository_s_address_by_dots_is_unknown()
    {
        var user = await server.NewUser();
        var one = await RegistryClient.For(server, user, $"{user.Name}/one");
        var two = await RegistryClient.For(server, user, $"{user.Name}/two");
        await two.StartUpload();
        var id = (await one.StartUpload()).Split('/')[^1];
        // The client of 'two' writes 'one' into the path and leaves it again: what counts is where the path ends.
        var reply = await Exchange($"GET /v2/{user.Name}/one/../two/blobs/uploads/{id} HTTP/1.1\nAuthorization: Bearer {two.Token}");
        Assert.Equal("BLOB_UPLOAD_UNKNOWN", reply.Code);
        Assert.Equal((int)HttpStatusCode.NotFound, reply.Status);
    }

    private async Task<RawReply> Exchange(string head)
    {
        using var raw = await RawHttp.Connect(server);
        var lines = head.Replace("\n", "\r\n", StringComparison.Ordinal) + (head.Contains("\nHost:", StringComparison.Ordinal) ? "" : "\r\nHost: localhost");
        await raw.SendBytes(Encoding.Latin1.GetBytes(lines + "\r\nConnection: close\r\n\r\n"));
        return await raw.Receive();
    }
}
