using System.Text;
using Berth.Tests.Harness;

namespace Berth.Tests.Http;

/// <summary>Clients that ask before they send (RFC 9110, section 10.1.1): 100 only where the body will be read, else the refusal at once.</summary>
public sealed class ExpectContinueTests(TestServer server)
{
    private const string UnknownUpload = "blobs/uploads/0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task Upload_that_is_wanted_gets_100_and_then_its_answer()
    {
        var client = await RegistryClient.OfSharedUser(server);
        using var raw = await RawHttp.Connect(server);
        await raw.SendText(Head("PATCH", await client.StartUpload(), $"Authorization: Bearer {client.Token}\r\n"));
        var interim = await raw.ReceiveNext();
        Assert.Equal("HTTP/1.1 100 Continue", interim!.Head);
        await raw.SendText("hello");
        var reply = await raw.ReceiveNext();
        Assert.Equal(202, reply!.Status);
        Assert.Equal("0-4", reply.Header("Range"));
    }

    [Theory]
    [InlineData("PATCH", UnknownUpload, "", 404, "BLOB_UPLOAD_UNKNOWN")]
    [InlineData("PUT", UnknownUpload, "", 400, "DIGEST_INVALID")]
    [InlineData("PUT", "manifests/-", "", 400, "TAG_INVALID")]
    [InlineData("PUT", "manifests/sha256:abc", "", 400, "DIGEST_INVALID")]
    [InlineData("POST", "blobs/uploads/?digest=sha256:abc", "", 400, "DIGEST_INVALID")]
    [InlineData("PATCH", "LOCATION", "Content-Range: 7-11\r\n", 416, "BLOB_UPLOAD_INVALID")]
    [InlineData("PATCH", "LOCATION", "Content-Range: 0-99\r\n", 400, "BLOB_UPLOAD_INVALID")]
    [InlineData("PUT", "tags/list", "", 405, "UNSUPPORTED")]
    [InlineData("PUT", "nothing/here", "", 404, "UNSUPPORTED")]
    public async Task Refused_request_is_answered_at_once_without_100(string method, string path, string header, int status, string code)
    {
        var client = await RegistryClient.OfSharedUser(server);
        var location = await client.StartUpload();
        using var raw = await RawHttp.Connect(server);
        await raw.SendText(Head(method, path == "LOCATION" ? location : $"/v2/{client.Name}/{path}", $"Authorization: Bearer {client.Token}\r\n{header}"));
        var reply = await raw.ReceiveNext();
        Assert.Equal(status, reply!.Status);
        Assert.Equal(code, reply.Code);
    }

    [Theory]
    [InlineData("PATCH", UnknownUpload)]
    [InlineData("PUT", UnknownUpload)]
    [InlineData("POST", "blobs/uploads/")]
    [InlineData("PUT", "manifests/latest")]
    public async Task Without_a_login_it_is_401_at_once(string method, string path)
    {
        var client = await RegistryClient.OfSharedUser(server);
        foreach (var authorization in new[] { "", "Authorization: Bearer wrong\r\n", $"Authorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes("root:wrong"))}\r\n" })
        {
            using var raw = await RawHttp.Connect(server);
            await raw.SendText(Head(method, $"/v2/{client.Name}/{path}", authorization));
            var reply = await raw.ReceiveNext();
            Assert.Equal(401, reply!.Status);
            Assert.Equal("UNAUTHORIZED", reply.Code);
            Assert.StartsWith("Bearer realm=", reply.Header("WWW-Authenticate"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Manifest_whose_length_is_over_the_limit_is_413_before_it_is_sent()
    {
        var client = await RegistryClient.OfSharedUser(server);
        using var raw = await RawHttp.Connect(server);
        await raw.SendText($"PUT /v2/{client.Name}/manifests/latest HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {client.Token}\r\nExpect: 100-continue\r\nContent-Length: 9000000\r\n\r\n");
        var reply = await raw.ReceiveNext();
        Assert.Equal(413, reply!.Status);
        Assert.Equal("SIZE_INVALID", reply.Code);
    }

    private static string Head(string method, string target, string headers) =>
        $"{method} {target} HTTP/1.1\r\nHost: localhost\r\n{headers}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n";
}
