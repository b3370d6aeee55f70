using System.Net;
using System.Security.Cryptography;
using Berth.Server.Http;
using Berth.Tests.Harness;

namespace Berth.Tests.Distribution;

/// <summary>Slow readers and writers: no least rate, but what does not move a byte for the stall limit is ended.</summary>
public sealed class SlowTransferTests : IAsyncLifetime
{
    private const int Step = 12_000_000;

    private static readonly TimeSpan AlmostStalled = RequestLimits.Stall - TimeSpan.FromMinutes(1);

    private TestServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartOwn();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Reader_that_rests_for_less_than_the_stall_limit_each_time_gets_the_whole_blob()
    {
        var client = await RegistryClient.Fresh(_server);
        var bytes = RandomNumberGenerator.GetBytes(4 * Step);
        using var raw = await Ask(client, await client.PushBlob(bytes));
        var taken = new byte[bytes.Length + 4096];
        var (at, rested) = (0, 0);
        int read;
        while ((read = await raw.ReceiveSome(taken.AsMemory(at))) > 0)
        {
            at += read;
            // A step is more than the buffers between us hold: the server has moved bytes since the rest before.
            if (at / Step > rested && rested++ < 3)
                _server.Clock.AdvanceWithTimers(AlmostStalled);
        }
        Assert.Equal(0, read);
        Assert.Equal(bytes, taken[(at - bytes.Length)..at]);
    }

    [Fact]
    public async Task Reader_that_takes_nothing_for_the_stall_limit_is_cut_off()
    {
        var client = await RegistryClient.Fresh(_server);
        var length = 2 * Step;
        using var raw = await Ask(client, await client.PushBlob(new byte[length]));
        var buffer = new byte[64 * 1024];
        var taken = await raw.ReceiveSome(buffer);
        // Until the buffers between us are full the server still moves bytes, and begins to count anew.
        await Eventually.True(() =>
        {
            _server.Clock.AdvanceWithTimers(RequestLimits.Stall + TimeSpan.FromSeconds(1));
            return Task.FromResult(raw.IsReset);
        });
        int read;
        while ((read = await raw.ReceiveSome(buffer)) > 0)
            taken += read;
        // Cut off in the middle, so that no client takes the part for the whole.
        Assert.InRange(taken, 1, length - 1);
    }

    [Fact]
    public async Task Writer_that_rests_for_less_than_the_stall_limit_each_time_is_waited_for()
    {
        var client = await RegistryClient.Fresh(_server);
        var bytes = RandomNumberGenerator.GetBytes(800_000);
        var location = await client.StartUpload();
        using var raw = await RawHttp.Connect(_server);
        await raw.Send($"PATCH {location} HTTP/1.1\nAuthorization: Bearer {client.Token}\nContent-Length: {bytes.Length}", bytes[..200_000]);
        for (var sent = 200_000; sent < bytes.Length; sent += 200_000)
        {
            await Eventually.True(async () => await Staged(location) >= sent - 70_000);
            _server.Clock.AdvanceWithTimers(AlmostStalled);
            await raw.SendBytes(bytes[sent..(sent + 200_000)]);
        }
        var reply = await raw.ReceiveNext();
        Assert.Equal(202, reply!.Status);
        Assert.Equal("0-799999", reply.Header("Range"));
    }

    [Fact]
    public async Task Writer_that_sends_nothing_for_the_stall_limit_is_cut_off_and_goes_on_from_what_arrived()
    {
        var user = await _server.NewUser();
        var client = await RegistryClient.For(_server, user, $"{user.Name}/hello");
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        // Whole buffers of the server's, so that nothing of what was sent is on its way once they are in the store.
        const int Sent = 3 * 64 * 1024;
        var location = await client.StartUpload();
        using var raw = await RawHttp.Connect(_server);
        await raw.Send($"PATCH {location} HTTP/1.1\nAuthorization: Bearer {client.Token}\nContent-Length: {bytes.Length}", bytes[..Sent]);
        await Eventually.True(async () => await Staged(location) == Sent);
        _server.Clock.AdvanceWithTimers(RequestLimits.Stall + TimeSpan.FromSeconds(1));
        Assert.Null(await raw.ReceiveNext());
        // The token is five minutes old by now, and still does for the upload that it opened.
        using var status = await client.Get(location);
        Assert.Equal(HttpStatusCode.NoContent, status.StatusCode);
        Assert.Equal($"0-{Sent - 1}", status.Headers.GetValues("Range").Single());
        using var rest = await client.Patch(status.Headers.Location!.OriginalString, bytes[Sent..], $"{Sent}-299999");
        Assert.Equal(HttpStatusCode.Accepted, rest.StatusCode);
        using var finished = await client.Finish(rest.Headers.Location!.OriginalString, RegistryClient.Sha256(bytes));
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
    }

    private async Task<RawHttp> Ask(RegistryClient client, string digest)
    {
        var raw = await RawHttp.Connect(_server, receiveBuffer: 64 * 1024);
        await raw.Send($"GET /v2/{client.Name}/blobs/{digest} HTTP/1.1\nAuthorization: Bearer {client.Token}");
        return raw;
    }

    private async Task<long> Staged(string location) => await _server.Storage.UploadLength(location[(location.LastIndexOf('/') + 1)..location.IndexOf('?')], Cancel);
}
