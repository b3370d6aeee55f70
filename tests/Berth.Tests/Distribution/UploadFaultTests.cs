using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Berth.Server.Distribution;
using Berth.Tests.Harness;
using Berth.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Berth.Tests.Distribution;

/// <summary>What becomes of an upload when the store fails in the middle of it; on a server of their own, whose store may fail.</summary>
public sealed class UploadFaultTests : IAsyncLifetime
{
    private readonly TestServer _server = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Upload_whose_commit_was_cut_off_behind_the_rename_keeps_its_acknowledged_bytes_and_is_finished_by_the_same_PUT()
    {
        var client = await RegistryClient.Fresh(_server);
        var bytes = RandomNumberGenerator.GetBytes(100_000);
        using var patched = await client.Patch(await client.StartUpload(), bytes[..60_000], "0-59999");
        var location = patched.Headers.Location!.OriginalString;
        _server.Storage.Fail(StorageOperation.CommitUpload, Fault.DoneButFailed, times: 1);
        using (var failed = await client.Finish(location, RegistryClient.Sha256(bytes), bytes[60_000..], "60000-99999"))
            Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);

        using var status = await client.Get(location);
        Assert.Equal(HttpStatusCode.NoContent, status.StatusCode);
        Assert.Equal("0-99999", status.Headers.GetValues("Range").Single());
        using var finished = await client.Finish(status.Headers.Location!.OriginalString, RegistryClient.Sha256(bytes));
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
        using var pulled = await client.Get(finished.Headers.Location!.OriginalString);
        Assert.Equal(bytes, await pulled.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Request_that_fills_the_disk_gives_its_room_back_and_keeps_what_was_acknowledged_before(bool ended)
    {
        var client = await RegistryClient.Fresh(_server);
        var bytes = RandomNumberGenerator.GetBytes(1_000_000);
        using var patched = await client.Patch(await client.StartUpload(), bytes[..200_000]);
        var location = patched.Headers.Location!.OriginalString;
        _server.Storage.LeaveRoom(300_000);
        using (var full = ended ? await client.Finish(location, RegistryClient.Sha256(bytes), bytes[200_000..]) : await client.Patch(location, bytes[200_000..]))
        {
            Assert.Equal(HttpStatusCode.InsufficientStorage, full.StatusCode);
            Assert.StartsWith("INSUFFICIENT_STORAGE: ", await RegistryClient.Error(full), StringComparison.Ordinal);
        }
        var id = location[(location.LastIndexOf('/') + 1)..location.IndexOf('?', StringComparison.Ordinal)];
        Assert.Equal(200_000, await _server.Storage.UploadLength(id, Cancel));

        _server.Storage.Heal();
        using var status = await client.Get(location);
        Assert.Equal("0-199999", status.Headers.GetValues("Range").Single());
        using var finished = await client.Finish(location, RegistryClient.Sha256(bytes), bytes[200_000..]);
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
    }

    [Fact]
    public async Task Long_body_whose_write_fails_keeps_what_was_written_and_goes_on_from_there()
    {
        var client = await RegistryClient.Fresh(_server);
        var bytes = RandomNumberGenerator.GetBytes(7_000_000);
        var location = await client.StartUpload();
        // Behind the point from which bytes are hashed while they are written.
        _server.Storage.Fail(StorageOperation.Append, Fault.InputOutputError, after: 70, times: 1);
        using (var failed = await client.Patch(location, bytes))
            Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);

        using var status = await client.Get(location);
        var there = int.Parse(status.Headers.GetValues("Range").Single()["0-".Length..], CultureInfo.InvariantCulture) + 1;
        Assert.InRange(there, OciTransfer.LongBodyBytes, bytes.Length - 1);
        using var finished = await client.Finish(status.Headers.Location!.OriginalString, RegistryClient.Sha256(bytes), bytes[there..]);
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
        using var pulled = await client.Get(finished.Headers.Location!.OriginalString);
        Assert.Equal(bytes, await pulled.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task Staged_bytes_without_a_row_are_removed_and_those_with_one_stay()
    {
        var client = await RegistryClient.Fresh(_server);
        using var patched = await client.Patch(await client.StartUpload(), "kept"u8.ToArray());
        var location = patched.Headers.Location!.OriginalString;
        const string Stray = "00000000000000000000000000000abc";
        using (var upload = await _server.Storage.OpenUpload(Stray, 0, Cancel))
            await upload.Append("left by a kill"u8.ToArray(), Cancel);

        await _server.Services.GetServices<IHostedService>().OfType<UploadExpiry>().Single().RemoveStrays(Cancel);
        Assert.Equal(-1, await _server.Storage.UploadLength(Stray, Cancel));
        using var finished = await client.Finish(location, RegistryClient.Sha256("kept"u8.ToArray()));
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
    }
}
