using System.Net;
using System.Text;
using Berth.Tests.Harness;

namespace Berth.Tests.Http;

/// <summary>
/// Bodies in chunks that a proxy before us might read to another end than we do: then one client's bytes become another's request
/// (request smuggling, CVE-2025-55315 among others). Behind each stands a second request, which must not be answered.
/// </summary>
public sealed class ChunkedBodyTests(TestServer server)
{
    [Theory]
    [InlineData("3\r\nabc\r\n0\r\n\r\n")]
    [InlineData("3;a=b\r\nabc\r\n0;c\r\n\r\n")]
    [InlineData("00000003\r\nabc\r\n0\r\n\r\n")]
    [InlineData("1\r\na\r\n2\r\nbc\r\n0\r\nX-Trailer: x\r\n\r\n")]
    public async Task Whole_chunks_are_taken_and_the_next_request_is_answered(string body)
    {
        var (client, location) = await Upload();
        var replies = await Exchange(client, location, "Transfer-Encoding: chunked", body);
        Assert.Equal([202, 200], replies.Select(reply => reply.Status));
        Assert.Equal("0-2", replies[0].Header("Range"));
    }

    [Theory]
    // CVE-2025-55315: a chunk extension that ends with a line feed alone, or holds a carriage return alone.
    [InlineData("3;a\nxx\r\nabc\r\n0\r\n\r\n", "Bad chunk extension.")]
    [InlineData("3;a\nabc\r\n0\r\n\r\n", "Bad chunk extension.")]
    [InlineData("3;\n\r\nabc\r\n0\r\n\r\n", "Bad chunk extension.")]
    [InlineData("3;a\rb\r\nabc\r\n0\r\n\r\n", "Bad chunk extension.")]
    [InlineData("2;\nxx\r\n47\r\n0\r\n\r\n", "Bad chunk extension.")]
    [InlineData("3\nabc\r\n0\r\n\r\n", "Bad chunk size data.")]
    [InlineData("3\rabc\r\n0\r\n\r\n", "Bad chunk size data.")]
    [InlineData("3\r\nabc\n0\r\n\r\n", "Bad chunk suffix.")]
    [InlineData("3\r\nabc\r0\r\n\r\n", "Bad chunk suffix.")]
    [InlineData("3\r\nabcd\r\n0\r\n\r\n", "Bad chunk suffix.")]
    [InlineData("4\r\nabc\r\n0\r\n\r\n", "Bad chunk suffix.")]
    [InlineData("3\r\nabc\r\n0\n\n", "Bad chunk size data.")]
    [InlineData("-3\r\nabc\r\n0\r\n\r\n", "Bad chunk size data.")]
    [InlineData("+3\r\nabc\r\n0\r\n\r\n", "Bad chunk size data.")]
    [InlineData("0x3\r\nabc\r\n0\r\n\r\n", "Bad chunk size data.")]
    [InlineData(" 3\r\nabc\r\n0\r\n\r\n", "Bad chunk size data.")]
    [InlineData("3 \r\nabc\r\n0\r\n\r\n", "Bad chunk size data.")]
    [InlineData("\r\nabc\r\n0\r\n\r\n", "Bad chunk size data.")]
    [InlineData("g\r\nabc\r\n0\r\n\r\n", "Bad chunk size data.")]
    [InlineData("000000003\r\nabc\r\n0\r\n\r\n", "Bad chunk size data.")]
    [InlineData("80000000\r\nabc\r\n0\r\n\r\n", "Bad chunk size data.")]
    [InlineData("ffffffffffffffff3\r\nabc\r\n0\r\n\r\n", "Bad chunk size data.")]
    public async Task Broken_chunk_is_400_and_ends_the_connection(string body, string message)
    {
        var (client, location) = await Upload();
        var reply = Assert.Single(await Exchange(client, location, "Transfer-Encoding: chunked", body));
        Assert.Equal(400, reply.Status);
        Assert.Equal($$"""{"errors":[{"code":"UNKNOWN","message":"{{message}}","detail":null}]}""", reply.Body);
    }

    [Fact]
    public async Task Upload_with_a_broken_chunk_goes_on_from_what_the_server_says_of_it()
    {
        var (client, location) = await Upload();
        await Exchange(client, location, "Transfer-Encoding: chunked", "3\r\nabc\r\n3;a\nxx\r\ndef\r\n0\r\n\r\n");
        using var status = await client.Get(location);
        var next = status.Headers.Location!.OriginalString;
        // The whole chunk in front of the broken one may have been taken; nothing behind it was.
        var offset = int.Parse(next[(next.IndexOf('=') + 1)..]);
        Assert.True(offset is 0 or 3, next);
        using var finished = await client.Finish(next, RegistryClient.Sha256("abcdef"u8.ToArray()), "abcdef"u8[offset..].ToArray());
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
    }

    [Theory]
    [InlineData("manifests/latest")]
    [InlineData("blobs/uploads/")]
    public async Task Refused_request_with_a_broken_chunk_ends_the_connection(string path)
    {
        // The refusal comes before the body is looked at; the bytes behind the broken chunk are still nobody's request.
        var client = await RegistryClient.OfSharedUser(server);
        using var raw = await RawHttp.Connect(server);
        await raw.SendText($"{(path == "manifests/latest" ? "PUT" : "POST")} /v2/{client.Name}/{path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
            + $"3;a\nxx\r\nabc\r\n0\r\n\r\n{Ping(client)}");
        Assert.Equal([401], (await raw.ReceiveAll()).Select(reply => reply.Status));
    }

    private async Task<(RegistryClient Client, string Location)> Upload()
    {
        var client = await RegistryClient.OfSharedUser(server);
        return (client, await client.StartUpload());
    }

    private async Task<List<RawReply>> Exchange(RegistryClient client, string location, string header, string body)
    {
        using var raw = await RawHttp.Connect(server);
        await raw.SendBytes(Encoding.Latin1.GetBytes(
            $"PATCH {location} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {client.Token}\r\n{header}\r\n\r\n{body}{Ping(client)}"));
        return await raw.ReceiveAll();
    }

    private static string Ping(RegistryClient client) => $"GET /v2/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {client.Token}\r\nConnection: close\r\n\r\n";
}
