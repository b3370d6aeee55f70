using Berth.Tests.Harness;

namespace Berth.Tests.Http;

/// <summary>Where a body ends (RFC 9112, section 6): what two readers could answer in two ways is refused, or ends the connection.</summary>
public sealed class MessageFramingTests(TestServer server)
{
    private const string Chunks = "3\r\nabc\r\n0\r\n\r\n";

    [Theory]
    [InlineData("Content-Length: 3\r\nContent-Length: 3")]
    [InlineData("Content-Length: 3\r\nContent-Length: 4")]
    [InlineData("Content-Length: 3, 3")]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length: 0x3")]
    [InlineData("Content-Length: 3a")]
    [InlineData("Content-Length: 3 3")]
    [InlineData("Content-Length: ")]
    [InlineData("Content-Length: 99999999999999999999")]
    [InlineData("Content-Length: 3\r\n 4")]
    [InlineData("Content-Length : 3")]
    [InlineData("Content-Length: 3\rX: y")]
    [InlineData("X: a\0b\r\nContent-Length: 3")]
    [InlineData("X: a\rb\r\nContent-Length: 3")]
    [InlineData(" X: y\r\nContent-Length: 3")]
    [InlineData("X y\r\nContent-Length: 3")]
    [InlineData("Transfer-Encoding : chunked")]
    [InlineData("Transfer-Encoding:\r\n chunked")]
    [InlineData("Transfer-Encoding: identity")]
    [InlineData("Transfer-Encoding: xchunked")]
    [InlineData("Transfer-Encoding: chunked, identity")]
    [InlineData("Transfer-Encoding: chunked;q=1")]
    public async Task Header_that_leaves_the_end_of_the_body_open_is_400_and_ends_the_connection(string headers)
    {
        var reply = Assert.Single(await Exchange("HTTP/1.1", headers, "abc"));
        Assert.Equal(400, reply.Status);
        Assert.Equal("close", reply.Header("Connection"));
    }

    [Theory]
    [InlineData("Transfer-Encoding: gzip, chunked")]
    [InlineData("Transfer-Encoding: chunked, chunked")]
    [InlineData("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")]
    public async Task Transfer_coding_other_than_chunked_is_501_and_ends_the_connection(string headers)
    {
        // "A server that receives a request message with a transfer coding it does not understand SHOULD respond with 501".
        var reply = Assert.Single(await Exchange("HTTP/1.1", headers, Chunks));
        Assert.Equal(501, reply.Status);
        Assert.Equal("UNKNOWN", reply.Code);
        Assert.Equal("close", reply.Header("Connection"));
    }

    [Theory]
    [InlineData("HTTP/1.1", "Transfer-Encoding: chunked\r\nContent-Length: 3")]
    [InlineData("HTTP/1.1", "Content-Length: 100\r\nTransfer-Encoding: chunked")]
    [InlineData("HTTP/1.0", "Transfer-Encoding: chunked\r\nConnection: keep-alive")]
    public async Task Chunks_with_a_length_beside_them_are_read_as_chunks_and_end_the_connection(string version, string headers)
    {
        // "A server MAY reject a request that contains both Content-Length and Transfer-Encoding or process such a request in accordance
        // with the Transfer-Encoding alone. Regardless, the server MUST close the connection after responding".
        var reply = Assert.Single(await Exchange(version, headers, Chunks));
        Assert.Equal(202, reply.Status);
        Assert.Equal("0-2", reply.Header("Range"));
        Assert.Equal("close", reply.Header("Connection"));
    }

    [Theory]
    [InlineData("Content-Length: 003")]
    [InlineData("Content-Length:3")]
    [InlineData("Content-Length: \t3 ")]
    [InlineData("content-length: 3")]
    // Kestrel's number reader takes the sign; the three bytes are the body all the same, and no other reader could find fewer.
    [InlineData("Content-Length: +3")]
    [InlineData("TRANSFER-ENCODING: CHUNKED")]
    public async Task Odd_but_plain_length_is_read_and_the_next_request_answered(string headers)
    {
        var replies = await Exchange("HTTP/1.1", headers, headers.StartsWith('T') ? Chunks : "abc");
        Assert.Equal([202, 200], replies.Select(reply => reply.Status));
        Assert.Equal("0-2", replies[0].Header("Range"));
    }

    [Fact]
    public async Task Without_a_length_there_is_no_body_and_what_follows_is_the_next_request()
    {
        var replies = await Exchange("HTTP/1.1", "X: y", "");
        Assert.Equal([202, 200], replies.Select(reply => reply.Status));
        Assert.EndsWith("?offset=0", replies[0].Header("Location"), StringComparison.Ordinal);
    }

    private async Task<List<RawReply>> Exchange(string version, string headers, string body)
    {
        var client = await RegistryClient.OfSharedUser(server);
        var location = await client.StartUpload();
        using var raw = await RawHttp.Connect(server);
        var authorization = $"Host: localhost\r\nAuthorization: Bearer {client.Token}";
        await raw.SendText($"PATCH {location} {version}\r\n{authorization}\r\n{headers}\r\n\r\n{body}GET /v2/ HTTP/1.1\r\n{authorization}\r\nConnection: close\r\n\r\n");
        return await raw.ReceiveAll();
    }
}
