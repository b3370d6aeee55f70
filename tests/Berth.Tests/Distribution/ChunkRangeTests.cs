using System.Net;
using Berth.Tests.Harness;

namespace Berth.Tests.Distribution;

/// <summary>Content-Range of every wrong kind, with PATCH and with the closing PUT: refused, nothing counts, and the upload goes on.</summary>
public sealed class ChunkRangeTests(TestServer server)
{
    private static readonly byte[] Blob = "0123456789"u8.ToArray();

    /// <summary>For a chunk of bytes 4 to 6 of an upload that stands at byte 4.</summary>
    public static readonly TheoryData<string> Malformed =
    [
        "4-5", "4-7", "6-4", "-6", "4-", "-", "4", "a-b", "4-6,8-9", "4-6/10", "4 - 6", "4--6", "+4-6", "4-+6", "0x4-6", "4-6;", "\"4-6\"",
        "bytes=4-6", "bytes */10", "bytes 4-6/6", "bytes 4-6/", "bytes 4-6/x", "bytes  4-6/10", "items 4-6/10", "bytes/4-6",
        "4-99999999999999999999", "99999999999999999999-99999999999999999999", "4-9223372036854775807", "4-6\r\nContent-Range: 4-6",
    ];

    public static readonly TheoryData<string> OutOfOrder =
        ["0-2", "3-5", "5-7", "7-9", "1000-1002", "bytes 0-2/10", "bytes 5-7/*", "9223372036854775804-9223372036854775806"];

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Patch_with_a_malformed_range_is_400_and_the_upload_goes_on(string range) => await Refused("PATCH", range, 400);

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Put_with_a_malformed_range_is_400_and_the_upload_goes_on(string range) => await Refused("PUT", range, 400);

    [Theory]
    [MemberData(nameof(OutOfOrder))]
    public async Task Patch_out_of_order_is_416_and_the_upload_goes_on(string range) => await Refused("PATCH", range, 416);

    [Theory]
    [MemberData(nameof(OutOfOrder))]
    public async Task Put_out_of_order_is_416_and_the_upload_goes_on(string range) => await Refused("PUT", range, 416);

    [Theory]
    [InlineData("4-6")]
    [InlineData("bytes 4-6/10")]
    [InlineData("BYTES 4-6/*")]
    [InlineData("bytes 4-6")]
    [InlineData("04-06")]
    [InlineData(" 4-6 ")]
    public async Task Right_range_is_taken_in_the_spec_s_form_and_in_that_of_HTTP(string range)
    {
        var (client, location) = await Started();
        var reply = await Send(client, "PATCH", location, range);
        Assert.Equal(202, reply.Status);
        Assert.Equal("0-6", reply.Header("Range"));
        await Finish(client, reply.Header("Location")!, 7);
    }

    private async Task Refused(string method, string range, int status)
    {
        var (client, location) = await Started();
        var reply = await Send(client, method, method == "PUT" ? $"{location}&digest={RegistryClient.Sha256(Blob[..7])}" : location, range);
        Assert.Equal(status, reply.Status);
        Assert.Equal("BLOB_UPLOAD_INVALID", reply.Code);
        if (status == 416)
        {
            // "The upload's state": where to go on, so that the client need not ask.
            Assert.Equal("0-3", reply.Header("Range"));
            Assert.Equal(location, reply.Header("Location"));
        }
        using var state = await client.Get(location);
        Assert.Equal(HttpStatusCode.NoContent, state.StatusCode);
        Assert.Equal("0-3", state.Headers.GetValues("Range").Single());
        await Finish(client, state.Headers.Location!.OriginalString, 4);
    }

    /// <summary>An upload that stands at byte 4.</summary>
    private async Task<(RegistryClient Client, string Location)> Started()
    {
        var client = await RegistryClient.OfSharedUser(server);
        using var patched = await client.Patch(await client.StartUpload(), Blob[..4], "0-3");
        Assert.Equal(HttpStatusCode.Accepted, patched.StatusCode);
        return (client, patched.Headers.Location!.OriginalString);
    }

    private async Task<RawReply> Send(RegistryClient client, string method, string target, string range)
    {
        using var raw = await RawHttp.Connect(server);
        await raw.SendText($"{method} {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {client.Token}\r\nContent-Length: 3\r\nContent-Range: {range}\r\n\r\n456");
        return (await raw.ReceiveNext())!;
    }

    private static async Task Finish(RegistryClient client, string location, int from)
    {
        using var finished = await client.Finish(location, RegistryClient.Sha256(Blob), Blob[from..]);
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
    }
}
