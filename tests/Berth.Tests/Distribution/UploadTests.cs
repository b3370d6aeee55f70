using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Berth.Server.Distribution;
using Berth.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Tests.Distribution;

/// <summary>The ways in which a blob's bytes come in (distribution-spec 1.1, "Pushing blobs").</summary>
public sealed class UploadTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_without_digest_opens_an_upload_with_a_path_absolute_Location()
    {
        var client = await RegistryClient.Fresh(server);
        using var reply = await client.Send(HttpMethod.Post, "blobs/uploads/");
        // "Upon success, the response MUST have a code of 202 Accepted, and MUST include the following header: Location".
        Assert.Equal(HttpStatusCode.Accepted, reply.StatusCode);
        Assert.StartsWith($"/v2/{client.Name}/blobs/uploads/", reply.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal("0-0", reply.Headers.GetValues("Range").Single());
        Assert.Equal(0, reply.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Post_with_digest_and_body_takes_the_blob_in_one_request()
    {
        var client = await RegistryClient.Fresh(server);
        var bytes = RandomNumberGenerator.GetBytes(200_000);
        var digest = RegistryClient.Sha256(bytes);
        using var reply = await client.Send(HttpMethod.Post, $"blobs/uploads/?digest={digest}", Body(bytes));
        // "Successful completion of the request MUST return a 201 Created and MUST include the following header: Location: <blob-location>".
        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        Assert.Equal($"/v2/{client.Name}/blobs/{digest}", reply.Headers.Location!.OriginalString);
        using var pulled = await client.Get(reply.Headers.Location.OriginalString);
        Assert.Equal(bytes, await pulled.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Theory]
    [InlineData("sha256:abc")]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("latest")]
    public async Task Post_with_a_digest_that_is_none_is_DIGEST_INVALID_and_opens_nothing(string digest)
    {
        var client = await RegistryClient.Fresh(server);
        await client.StartUpload();
        using var reply = await client.Send(HttpMethod.Post, $"blobs/uploads/?digest={digest}", Body([1]));
        Assert.StartsWith("DIGEST_INVALID: ", await RegistryClient.Refusal(reply, HttpStatusCode.BadRequest));
        Assert.Equal(1, await OpenUploads(client));
    }

    [Fact]
    public async Task Put_with_the_whole_body_closes_an_upload_without_any_patch()
    {
        var client = await RegistryClient.Fresh(server);
        var bytes = RandomNumberGenerator.GetBytes(70_000);
        using var reply = await client.Finish(await client.StartUpload(), RegistryClient.Sha256(bytes), bytes);
        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        Assert.Equal(RegistryClient.Sha256(bytes), reply.Headers.GetValues("Docker-Content-Digest").Single());
    }

    [Fact]
    public async Task Patch_of_unknown_length_is_streamed()
    {
        var client = await RegistryClient.Fresh(server);
        var bytes = RandomNumberGenerator.GetBytes(500_000);
        using var content = new StreamContent(new MemoryStream(bytes));
        using var patched = await client.Send(HttpMethod.Patch, await client.StartUpload(), content, request => request.Headers.TransferEncodingChunked = true);
        Assert.Equal(HttpStatusCode.Accepted, patched.StatusCode);
        Assert.Equal("0-499999", patched.Headers.GetValues("Range").Single());
        using var finished = await client.Finish(patched.Headers.Location!.OriginalString, RegistryClient.Sha256(bytes));
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
    }

    [Fact]
    public async Task Last_chunk_may_come_with_the_put()
    {
        var client = await RegistryClient.Fresh(server);
        var bytes = RandomNumberGenerator.GetBytes(1000);
        using var patched = await client.Patch(await client.StartUpload(), bytes[..600], "0-599");
        using var finished = await client.Finish(patched.Headers.Location!.OriginalString, RegistryClient.Sha256(bytes), bytes[600..], "600-999");
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
        using var pulled = await client.Get($"blobs/{RegistryClient.Sha256(bytes)}");
        Assert.Equal(bytes, await pulled.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task Chunk_out_of_order_answers_416_with_the_state_and_the_upload_goes_on()
    {
        var client = await RegistryClient.Fresh(server);
        using var first = await client.Patch(await client.StartUpload(), new byte[100], "0-99");
        using var gap = await client.Patch(first.Headers.Location!.OriginalString, new byte[50], "150-199");
        // "If a chunk is uploaded out of order, the registry MUST respond with a 416 Requested Range Not Satisfiable code."
        Assert.StartsWith("BLOB_UPLOAD_INVALID: the upload stands at byte 100", await RegistryClient.Refusal(gap, HttpStatusCode.RequestedRangeNotSatisfiable));
        Assert.Equal("0-99", gap.Headers.GetValues("Range").Single());
        using var second = await client.Patch(gap.Headers.Location!.OriginalString, new byte[50], "100-149");
        Assert.Equal(HttpStatusCode.Accepted, second.StatusCode);
        // "If the final chunk is uploaded out of order, the registry MUST respond with a 416 Requested Range Not Satisfiable code."
        using var late = await client.Finish(second.Headers.Location!.OriginalString, RegistryClient.Sha256(new byte[200]), new byte[20], "180-199");
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, late.StatusCode);
        using var finished = await client.Finish(second.Headers.Location.OriginalString, RegistryClient.Sha256(new byte[200]), new byte[50], "150-199");
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
    }

    [Fact]
    public async Task Repeat_of_the_last_chunk_to_its_old_Location_answers_202_and_adds_nothing()
    {
        var client = await RegistryClient.Fresh(server);
        var bytes = RandomNumberGenerator.GetBytes(300);
        using var first = await client.Patch(await client.StartUpload(), bytes[..100], "0-99");
        var old = first.Headers.Location!.OriginalString;
        using var second = await client.Patch(old, bytes[100..200], "100-199");
        using var repeated = await client.Patch(old, bytes[100..200], "100-199");
        Assert.Equal(HttpStatusCode.Accepted, repeated.StatusCode);
        Assert.Equal("0-199", repeated.Headers.GetValues("Range").Single());
        using var older = await client.Patch(old, bytes[..100], "0-99");
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, older.StatusCode);
        using var unstated = await client.Patch(old, bytes[100..200]);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, unstated.StatusCode);
        using var finished = await client.Finish(repeated.Headers.Location!.OriginalString, RegistryClient.Sha256(bytes), bytes[200..]);
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
    }

    [Theory]
    [InlineData("0-98")]
    [InlineData("5")]
    [InlineData("99-0")]
    [InlineData("a-b")]
    public async Task Content_Range_that_is_not_the_body_s_is_refused_and_nothing_counts(string range)
    {
        var client = await RegistryClient.Fresh(server);
        var location = await client.StartUpload();
        using var reply = await client.Patch(location, new byte[100], range);
        Assert.StartsWith("BLOB_UPLOAD_INVALID: ", await RegistryClient.Refusal(reply, HttpStatusCode.BadRequest));
        using var status = await client.Get(location);
        Assert.Equal("0-0", status.Headers.GetValues("Range").Single());
    }

    [Fact]
    public async Task Streamed_chunk_shorter_than_its_Content_Range_counts_for_nothing()
    {
        var client = await RegistryClient.Fresh(server);
        var location = await client.StartUpload();
        using var content = new StreamContent(new MemoryStream(new byte[60]));
        content.Headers.TryAddWithoutValidation("Content-Range", "0-99");
        using var reply = await client.Send(HttpMethod.Patch, location, content, request => request.Headers.TransferEncodingChunked = true);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        using var whole = await client.Patch(location, new byte[100], "0-99");
        Assert.Equal(HttpStatusCode.Accepted, whole.StatusCode);
        using var finished = await client.Finish(whole.Headers.Location!.OriginalString, RegistryClient.Sha256(new byte[100]));
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
    }

    [Fact]
    public async Task Put_repeated_after_success_is_201_again_and_another_digest_is_unknown()
    {
        var client = await RegistryClient.Fresh(server);
        var bytes = RandomNumberGenerator.GetBytes(100);
        var location = await client.StartUpload();
        for (var attempt = 0; attempt < 2; attempt++)
        {
            using var finished = await client.Finish(location, RegistryClient.Sha256(bytes), bytes);
            Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
        }
        using var other = await client.Finish(location, RegistryClient.Sha256([1]), bytes);
        Assert.StartsWith("BLOB_UPLOAD_UNKNOWN: ", await RegistryClient.Refusal(other, HttpStatusCode.NotFound));
        using var status = await client.Get(location);
        Assert.Equal(HttpStatusCode.NotFound, status.StatusCode);
        using var patched = await client.Patch(location, bytes);
        Assert.Equal(HttpStatusCode.NotFound, patched.StatusCode);
    }

    [Fact]
    public async Task Digest_that_the_bytes_do_not_have_is_DIGEST_INVALID_and_ends_the_upload()
    {
        var client = await RegistryClient.Fresh(server);
        var (wanted, actual) = (RegistryClient.Sha256([2]), RegistryClient.Sha256([1]));
        var location = await client.StartUpload();
        using var reply = await client.Finish(location, wanted, [1]);
        var error = await RegistryClient.Refusal(reply, HttpStatusCode.BadRequest);
        Assert.StartsWith("DIGEST_INVALID: ", error);
        Assert.Contains(actual, error, StringComparison.Ordinal);
        using var blob = await client.Head($"blobs/{actual}");
        Assert.Equal(HttpStatusCode.NotFound, blob.StatusCode);
        using var status = await client.Get(location);
        Assert.Equal(HttpStatusCode.NotFound, status.StatusCode);
        Assert.Equal(0, await OpenUploads(client));
    }

    [Fact]
    public async Task Sha512_blob_is_stored_under_its_own_digest()
    {
        var client = await RegistryClient.Fresh(server);
        var bytes = RandomNumberGenerator.GetBytes(100_000);
        var digest = RegistryClient.Sha512(bytes);
        using var patched = await client.Patch(await client.StartUpload(), bytes);
        using var finished = await client.Finish(patched.Headers.Location!.OriginalString, digest);
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
        using var pulled = await client.Get($"blobs/{digest}");
        Assert.Equal(bytes, await pulled.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal(digest, pulled.Headers.GetValues("Docker-Content-Digest").Single());
        using var wrong = await client.Finish(await client.StartUpload(), digest, [1]);
        Assert.Contains(RegistryClient.Sha512([1]), await RegistryClient.Refusal(wrong, HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Empty_blob_can_be_pushed_and_pulled()
    {
        var client = await RegistryClient.Fresh(server);
        using var finished = await client.Finish(await client.StartUpload(), RegistryClient.Sha256([]));
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
        using var pulled = await client.Get($"blobs/{RegistryClient.Sha256([])}");
        Assert.Equal(HttpStatusCode.OK, pulled.StatusCode);
        Assert.Empty(await pulled.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task Same_blob_pushed_by_many_at_once_is_taken_from_each()
    {
        var client = await RegistryClient.Fresh(server);
        var bytes = RandomNumberGenerator.GetBytes(50_000);
        var digests = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.PushBlob(bytes)));
        Assert.Single(digests.Distinct());
        using var pulled = await client.Get($"blobs/{digests[0]}");
        Assert.Equal(bytes, await pulled.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task Cancelled_upload_is_unknown_and_its_bytes_are_gone()
    {
        var client = await RegistryClient.Fresh(server);
        using var patched = await client.Patch(await client.StartUpload(), new byte[10]);
        var location = patched.Headers.Location!.OriginalString;
        var id = patched.Headers.GetValues("Docker-Upload-UUID").Single();
        Assert.True(File.Exists(Path.Join(server.Data.Path, "uploads", id)));
        using var cancelled = await client.Delete(location);
        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
        Assert.False(File.Exists(Path.Join(server.Data.Path, "uploads", id)));
        using var again = await client.Delete(location);
        Assert.StartsWith("BLOB_UPLOAD_UNKNOWN: ", await RegistryClient.Refusal(again, HttpStatusCode.NotFound));
    }

    private async Task<int> OpenUploads(RegistryClient client)
    {
        var rows = await server.Query<string>("""
            select u.id from upload_sessions u join repositories r on r.id = u.repository_id join routes p on p.project_id = r.project_id
            where p.path_lower = @path and u.state = 1
            """, new { path = client.Name });
        var held = server.Services.GetRequiredService<HeldUploads>().ExpiringBefore(long.MaxValue);
        var repositories = await server.Query<long>(
            "select r.id from repositories r join routes p on p.project_id = r.project_id where p.path_lower = @path", new { path = client.Name });
        return rows.Count() + held.Count(upload => repositories.Contains(upload.RepositoryId));
    }

    private static ByteArrayContent Body(byte[] bytes) => new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
}
