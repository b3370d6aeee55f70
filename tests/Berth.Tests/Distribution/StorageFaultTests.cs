using System.Net;
using System.Security.Cryptography;
using Berth.Tests.Harness;
using Berth.Tests.Storage;

namespace Berth.Tests.Distribution;

/// <summary>What clients see when the store is full or fails, and that nothing is left half known.</summary>
public sealed class StorageFaultTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private RegistryClient _client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartOwn();
        _client = await RegistryClient.Fresh(_server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Full_store_takes_no_upload_and_goes_on_serving()
    {
        var (_, json) = await _client.PushImage("latest");
        _server.Storage.Fail(StorageOperation.EnsureRoom, Fault.NoSpace);
        using var refused = await _client.Send(HttpMethod.Post, "blobs/uploads/");
        Assert.StartsWith("INSUFFICIENT_STORAGE: ", await RegistryClient.Refusal(refused, HttpStatusCode.InsufficientStorage));
        // docker shows a 5xx by its status line alone.
        Assert.Contains("full", refused.ReasonPhrase, StringComparison.Ordinal);
        using var pulled = await _client.Get("manifests/latest");
        Assert.Equal(json, await pulled.Content.ReadAsStringAsync(Cancel));
        using var put = await _client.PutManifest("second", json);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        _server.Storage.Heal();
        await _client.PushBlob([1]);
    }

    [Fact]
    public async Task Store_that_fills_up_in_mid_patch_keeps_the_upload_which_goes_on_when_there_is_room()
    {
        var bytes = RandomNumberGenerator.GetBytes(400_000);
        var location = await _client.StartUpload();
        _server.Storage.LeaveRoom(200_000);
        using var full = await _client.Patch(location, bytes);
        Assert.StartsWith("INSUFFICIENT_STORAGE: ", await RegistryClient.Refusal(full, HttpStatusCode.InsufficientStorage));
        _server.Storage.Heal();
        using var status = await _client.Get(location);
        var there = int.Parse(status.Headers.Location!.OriginalString.Split("offset=")[1]);
        Assert.InRange(there, 0, 200_000);
        using var rest = await _client.Patch(status.Headers.Location.OriginalString, bytes[there..], $"{there}-{bytes.Length - 1}");
        using var finished = await _client.Finish(rest.Headers.Location!.OriginalString, RegistryClient.Sha256(bytes));
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
    }

    [Theory]
    [InlineData((int)Fault.InputOutputError)]
    [InlineData((int)Fault.TornWrite)]
    [InlineData((int)Fault.DoneButFailed)]
    public async Task Failed_write_is_500_in_the_registry_s_shape_and_the_upload_goes_on_from_what_is_sure(int fault)
    {
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        using var first = await _client.Patch(await _client.StartUpload(), bytes[..100_000], "0-99999");
        _server.Storage.Fail(StorageOperation.Append, (Fault)fault);
        using var failed = await _client.Patch(first.Headers.Location!.OriginalString, bytes[100_000..]);
        Assert.StartsWith("UNKNOWN: ", await RegistryClient.Refusal(failed, HttpStatusCode.InternalServerError));
        _server.Storage.Heal();
        using var status = await _client.Get(first.Headers.Location.OriginalString);
        Assert.Equal("0-99999", status.Headers.GetValues("Range").Single());
        using var rest = await _client.Patch(status.Headers.Location!.OriginalString, bytes[100_000..]);
        using var finished = await _client.Finish(rest.Headers.Location!.OriginalString, RegistryClient.Sha256(bytes));
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
    }

    [Fact]
    public async Task Commit_that_fails_makes_no_blob_known()
    {
        var bytes = RandomNumberGenerator.GetBytes(1000);
        var digest = RegistryClient.Sha256(bytes);
        var location = await _client.StartUpload();
        _server.Storage.Fail(StorageOperation.CommitUpload, Fault.InputOutputError, times: 1);
        using var failed = await _client.Finish(location, digest, bytes);
        Assert.StartsWith("UNKNOWN: ", await RegistryClient.Refusal(failed, HttpStatusCode.InternalServerError));
        using var absent = await _client.Head($"blobs/{digest}");
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
        Assert.Equal(digest, await _client.PushBlob(bytes));
        using var there = await _client.Head($"blobs/{digest}");
        Assert.Equal(HttpStatusCode.OK, there.StatusCode);
    }

    [Fact]
    public async Task Commit_that_was_done_but_not_heard_of_heals_with_the_next_push()
    {
        var bytes = RandomNumberGenerator.GetBytes(1000);
        var digest = RegistryClient.Sha256(bytes);
        _server.Storage.Fail(StorageOperation.CommitUpload, Fault.DoneButFailed, times: 1);
        using var failed = await _client.Finish(await _client.StartUpload(), digest, bytes);
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        using var absent = await _client.Head($"blobs/{digest}");
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
        await _client.PushBlob(bytes);
        using var pulled = await _client.Get($"blobs/{digest}");
        Assert.Equal(bytes, await pulled.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task Read_that_fails_in_mid_answer_cuts_the_connection()
    {
        var digest = await _client.PushBlob(RandomNumberGenerator.GetBytes(2_000_000));
        _server.Storage.Fail(StorageOperation.Read, Fault.InputOutputError, after: 5);
        await Assert.ThrowsAnyAsync<HttpRequestException>(async () =>
        {
            using var reply = await _client.Get($"blobs/{digest}");
            await reply.Content.ReadAsByteArrayAsync(Cancel);
        });
        _server.Storage.Heal();
        using var whole = await _client.Get($"blobs/{digest}");
        Assert.Equal(2_000_000, (await whole.Content.ReadAsByteArrayAsync(Cancel)).Length);
    }

    [Fact]
    public async Task Open_that_fails_is_500_not_404()
    {
        var digest = await _client.PushBlob(RandomNumberGenerator.GetBytes(2000));
        _server.Storage.Fail(StorageOperation.OpenBlob, Fault.InputOutputError);
        using var reply = await _client.Get($"blobs/{digest}");
        Assert.StartsWith("UNKNOWN: ", await RegistryClient.Refusal(reply, HttpStatusCode.InternalServerError));
        Assert.Null(reply.Headers.ETag);
    }

    [Fact]
    public async Task Cancel_whose_file_cannot_be_removed_leaves_no_upload()
    {
        var location = await _client.StartUpload();
        _server.Storage.Fail(StorageOperation.DeleteUpload, Fault.InputOutputError, times: 1);
        using var failed = await _client.Delete(location);
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        using var status = await _client.Get(location);
        Assert.Equal(HttpStatusCode.NotFound, status.StatusCode);
    }
}
