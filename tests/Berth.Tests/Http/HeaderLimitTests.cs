using Berth.Server.Http;
using Berth.Tests.Harness;

namespace Berth.Tests.Http;

/// <summary>The limits on a request's line and headers: what is within them is answered as ever, one more is 414 or 431 and ends the connection.</summary>
public sealed class HeaderLimitTests(TestServer server)
{
    [Theory]
    [InlineData(0, 400)]
    [InlineData(1, 414)]
    public async Task Request_line_over_8_KiB_is_414(int over, int status)
    {
        var (start, end) = ("GET /v2/", "/tags/list HTTP/1.1\r\n");
        var reply = await Exchange(start + new string('a', RequestLimits.MaxRequestLineBytes - start.Length - end.Length + over) + end, "");
        Assert.Equal(status, reply.Status);
        if (status == 400)
            Assert.Equal("NAME_INVALID", reply.Code);
    }

    [Theory]
    [InlineData(RequestLimits.MaxHeaders - 2, 401)]
    [InlineData(RequestLimits.MaxHeaders - 1, 431)]
    [InlineData(5000, 431)]
    public async Task Headers_over_a_hundred_are_431(int besideHostAndConnection, int status) =>
        Assert.Equal(status, (await Exchange("GET /v2/ HTTP/1.1\r\n", string.Concat(Enumerable.Range(0, besideHostAndConnection).Select(i => $"X-{i}: a\r\n")))).Status);

    [Fact]
    public async Task Headers_over_32_KiB_are_431_in_one_or_in_many()
    {
        Assert.Equal(401, (await Exchange("GET /v2/ HTTP/1.1\r\n", $"X: {new string('a', RequestLimits.MaxHeaderBytes - 1000)}\r\n")).Status);
        Assert.Equal(431, (await Exchange("GET /v2/ HTTP/1.1\r\n", $"X: {new string('a', RequestLimits.MaxHeaderBytes)}\r\n")).Status);
        Assert.Equal(431, (await Exchange("GET /v2/ HTTP/1.1\r\n", string.Concat(Enumerable.Range(0, 50).Select(i => $"X-{i}: {new string('a', 1000)}\r\n")))).Status);
        Assert.Equal(431, (await Exchange("GET /v2/ HTTP/1.1\r\n", $"{new string('X', RequestLimits.MaxHeaderBytes)}: a\r\n")).Status);
    }

    [Theory]
    [InlineData("Bearer ", RequestLimits.MaxTokenChars, "not one of this server's")]
    [InlineData("Bearer ", RequestLimits.MaxTokenChars + 1000, "not one of this server's")]
    [InlineData("Basic ", RequestLimits.MaxBasicChars + 1000, "authentication required")]
    public async Task Credential_that_is_too_long_to_be_one_is_401_and_says_what_to_do(string scheme, int length, string message)
    {
        var reply = await Exchange("GET /v2/ HTTP/1.1\r\n", $"Authorization: {scheme}{new string('a', length)}\r\n");
        Assert.Equal(401, reply.Status);
        Assert.Equal("UNAUTHORIZED", reply.Code);
        Assert.Contains(message, reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bearer_of_many_dots_is_401()
    {
        // CVE-2025-30204's class: a token is not split into as many parts as it has dots.
        var reply = await Exchange("GET /v2/ HTTP/1.1\r\n", $"Authorization: Bearer {new string('.', RequestLimits.MaxTokenChars)}\r\n");
        Assert.Equal(401, reply.Status);
    }

    [Fact]
    public async Task Two_Authorization_headers_are_none()
    {
        var client = await RegistryClient.OfSharedUser(server);
        var reply = await Exchange("GET /v2/ HTTP/1.1\r\n", $"Authorization: Bearer {client.Token}\r\nAuthorization: Bearer {client.Token}\r\n");
        Assert.Equal(401, reply.Status);
    }

    [Fact]
    public async Task Range_that_asks_for_the_blob_a_thousand_times_gets_it_once()
    {
        var client = await RegistryClient.OfSharedUser(server);
        var digest = await client.PushBlob("hello"u8.ToArray());
        var reply = await Exchange($"GET /v2/{client.Name}/blobs/{digest} HTTP/1.1\r\n", $"Authorization: Bearer {client.Token}\r\nRange: bytes=0-{string.Concat(Enumerable.Repeat(",0-", 1000))}\r\n");
        Assert.Equal(200, reply.Status);
        Assert.Equal("hello", reply.Body);
    }

    private async Task<RawReply> Exchange(string line, string headers)
    {
        using var raw = await RawHttp.Connect(server);
        await raw.SendText($"{line}Host: localhost\r\nConnection: close\r\n{headers}\r\n");
        return (await raw.ReceiveNext())!;
    }
}
