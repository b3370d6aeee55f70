using System.Net;
using System.Security.Cryptography;
using Berth.Server.Distribution;
using Berth.Server.Http;
using Berth.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Berth.Tests.Distribution;

/// <summary>Whose an upload is, and what it survives.</summary>
public sealed class UploadSessionTests(TestServer shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Status_tells_what_has_arrived()
    {
        var client = await RegistryClient.Fresh(shared);
        using var patched = await client.Patch(await client.StartUpload(), new byte[10]);
        using var status = await client.Get(patched.Headers.Location!.OriginalString);
        // "The response to an active upload <blob-push-location> MUST be a 204 No Content response code, and MUST have the following headers".
        Assert.Equal(HttpStatusCode.NoContent, status.StatusCode);
        Assert.Equal("0-9", status.Headers.GetValues("Range").Single());
        Assert.Equal(patched.Headers.Location, status.Headers.Location);
    }

    [Fact]
    public async Task Upload_goes_on_after_a_restart_of_the_server_from_the_kept_hash_state()
    {
        await using var server = await TestServer.StartOwn();
        var client = await RegistryClient.Fresh(server);
        var bytes = RandomNumberGenerator.GetBytes(3_000_001);
        using var patched = await client.Patch(await client.StartUpload(), bytes[..2_000_003]);
        await server.Stop();
        await server.Start();
        Assert.NotNull((await server.Query<byte[]>("select hash_state from upload_sessions")).Single());
        using var status = await client.Get(patched.Headers.Location!.OriginalString);
        Assert.Equal("0-2000002", status.Headers.GetValues("Range").Single());
        // The staged bytes are not read again: what came before is in the state.
        server.Storage.Fail(Storage.StorageOperation.ReadUpload, Storage.Fault.InputOutputError);
        using var finished = await client.Finish(status.Headers.Location!.OriginalString, RegistryClient.Sha256(bytes), bytes[2_000_003..]);
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
        using var pulled = await client.Get($"blobs/{RegistryClient.Sha256(bytes)}");
        Assert.Equal(bytes, await pulled.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task Upload_that_lost_bytes_with_the_power_goes_on_from_what_is_left()
    {
        await using var server = await TestServer.StartOwn();
        var client = await RegistryClient.Fresh(server);
        var bytes = RandomNumberGenerator.GetBytes(1000);
        using var patched = await client.Patch(await client.StartUpload(), bytes[..700]);
        var id = patched.Headers.GetValues("Docker-Upload-UUID").Single();
        using (var file = new FileStream(Path.Join(server.Data.Path, "uploads", id), FileMode.Open))
            file.SetLength(400);
        using var status = await client.Get(patched.Headers.Location!.OriginalString);
        Assert.Equal("0-399", status.Headers.GetValues("Range").Single());
        using var rest = await client.Patch(status.Headers.Location!.OriginalString, bytes[400..], "400-999");
        Assert.Equal(HttpStatusCode.Accepted, rest.StatusCode);
        using var finished = await client.Finish(rest.Headers.Location!.OriginalString, RegistryClient.Sha256(bytes));
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
    }

    [Fact]
    public async Task Upload_of_another_credential_is_unknown_even_of_the_same_user()
    {
        var user = await shared.NewUser();
        var client = await RegistryClient.For(shared, user, $"{user.Name}/hello");
        var location = await client.StartUpload();
        var second = (await shared.NewToken(user.Id, "api")).GetProperty("token").GetString();
        foreach (var basic in new[] { $"{user.Name}:{second}", $"{user.Name}:{user.Password}", $"root:{TestServer.RootToken}" })
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Patch, HttpMethod.Put, HttpMethod.Delete })
            {
                using var content = method == HttpMethod.Get ? null : new ByteArrayContent([]);
                using var reply = await shared.Send(method, $"{location}&digest={RegistryClient.Sha256([])}", content, basic: basic);
                Assert.StartsWith("BLOB_UPLOAD_UNKNOWN: ", await RegistryClient.Refusal(reply, HttpStatusCode.NotFound));
            }
        }
        using var own = await client.Get(location);
        Assert.Equal(HttpStatusCode.NoContent, own.StatusCode);
    }

    [Fact]
    public async Task Credential_with_a_thousand_open_uploads_is_told_to_finish_some_whether_they_have_rows_or_not()
    {
        var user = await shared.NewUser();
        var client = await RegistryClient.For(shared, user, $"{user.Name}/hello");
        var location = await client.StartUpload();
        var expires = shared.Clock.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds() * 1000;
        await shared.Database.Write(transaction =>
        {
            for (var i = 3; i < RequestLimits.MaxOpenUploads; i++)
            {
                transaction.Execute("""
                    insert into upload_sessions (id, repository_id, subject, state, received, version, created_at, expires_at)
                    select @id, r.id, @subject, 1, 0, 1, @expires, @expires from repositories r join routes p on p.project_id = r.project_id where p.path_lower = @name
                    """, new { id = $"{user.Id}x{i}", subject = $"pat:{user.TokenId}", expires, name = client.Name });
            }
        });
        await client.StartUpload();
        await client.StartUpload();

        using var refused = await client.Send(HttpMethod.Post, "blobs/uploads/");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.StartsWith("TOOMANYREQUESTS: ", await RegistryClient.Error(refused), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(60), refused.Headers.RetryAfter!.Delta);
        using var cancelled = await client.Send(HttpMethod.Delete, location);
        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
        await client.StartUpload();
    }

    [Fact]
    public async Task Upload_of_another_repository_is_unknown()
    {
        var user = await shared.NewUser();
        var one = await RegistryClient.For(shared, user, $"{user.Name}/one");
        var two = await RegistryClient.For(shared, user, $"{user.Name}/two");
        await two.StartUpload();
        var location = (await one.StartUpload()).Replace("/one/", "/two/", StringComparison.Ordinal);
        using var reply = await two.Patch(location, [1]);
        Assert.StartsWith("BLOB_UPLOAD_UNKNOWN: ", await RegistryClient.Refusal(reply, HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task Upload_that_rested_for_a_day_is_unknown_and_its_bytes_are_removed()
    {
        await using var server = await TestServer.StartOwn();
        var user = await server.NewUser();
        var client = await RegistryClient.For(server, user, $"{user.Name}/hello");
        using var patched = await client.Patch(await client.StartUpload(), new byte[10]);
        var file = Path.Join(server.Data.Path, "uploads", patched.Headers.GetValues("Docker-Upload-UUID").Single());
        server.Clock.Advance(TimeSpan.FromHours(23));
        await Expire(server);
        Assert.True(File.Exists(file));
        server.Clock.Advance(TimeSpan.FromHours(2));
        using var status = await server.Send(HttpMethod.Get, patched.Headers.Location!.OriginalString, basic: user.Basic);
        Assert.StartsWith("BLOB_UPLOAD_UNKNOWN: ", await RegistryClient.Refusal(status, HttpStatusCode.NotFound));
        await Expire(server);
        Assert.False(File.Exists(file));
        Assert.Empty(await server.Query<string>("select id from upload_sessions"));
    }

    [Fact]
    public async Task Upload_that_expires_while_a_chunk_comes_in_is_not_acknowledged()
    {
        await using var server = await TestServer.StartOwn();
        var client = await RegistryClient.Fresh(server);
        var location = await client.StartUpload();
        using var raw = await RawHttp.Connect(server);
        await raw.Send($"PATCH {location} HTTP/1.1\nAuthorization: Bearer {client.Token}\nContent-Length: 200000", new byte[100_000]);
        await Until(async () => (await server.Storage.ListUploads().ToListAsync(Cancel)).Count == 1);
        await server.Database.Write(transaction => transaction.Execute("delete from upload_sessions"));
        server.Services.GetRequiredService<HeldUploads>().RemoveExpired(long.MaxValue);
        await raw.SendBytes(new byte[100_000]);
        var reply = await raw.Receive();
        Assert.Equal(404, reply.Status);
        Assert.Contains("BLOB_UPLOAD_UNKNOWN", reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_that_rests_for_ten_minutes_gets_a_row_and_goes_on()
    {
        await using var server = await TestServer.StartOwn();
        var client = await RegistryClient.Fresh(server);
        var bytes = RandomNumberGenerator.GetBytes(1000);
        var untouched = await client.StartUpload();
        using var patched = await client.Patch(await client.StartUpload(), bytes[..700]);
        server.Clock.Advance(TimeSpan.FromMinutes(9));
        var recent = await (await RegistryClient.Fresh(server)).StartUpload();
        server.Clock.Advance(TimeSpan.FromMinutes(2));
        await server.Services.GetServices<IHostedService>().OfType<UploadExpiry>().Single().Settle();
        var rows = await server.Query<string>("select id from upload_sessions");
        Assert.Contains(Id(untouched), rows);
        Assert.Contains(Id(patched.Headers.Location!.OriginalString), rows);
        Assert.Equal(TestDatabase.IsPostgres, rows.Contains(Id(recent)));

        using var rest = await client.Patch(patched.Headers.Location!.OriginalString, bytes[700..], "700-999");
        using var finished = await client.Finish(rest.Headers.Location!.OriginalString, RegistryClient.Sha256(bytes));
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
        using var other = await client.Finish(untouched, RegistryClient.Sha256(bytes), bytes);
        Assert.Equal(HttpStatusCode.Created, other.StatusCode);
    }

    [Theory]
    [InlineData("sha256", 0)]
    [InlineData("sha256", 1000)]
    [InlineData("sha512", 1000)]
    public async Task Finished_upload_stays_finished_where_a_kill_left_it_held(string algorithm, int received)
    {
        Assert.SkipWhen(TestDatabase.IsPostgres, "nothing is held there");
        await using var server = await TestServer.StartOwn();
        var client = await RegistryClient.Fresh(server);
        var bytes = RandomNumberGenerator.GetBytes(1000);
        var digest = algorithm == "sha256" ? RegistryClient.Sha256(bytes) : $"sha512:{Convert.ToHexStringLower(SHA512.HashData(bytes))}";
        using var patched = await client.Patch(await client.StartUpload(), bytes);
        var location = patched.Headers.Location!.OriginalString;
        var upload = server.Services.GetRequiredService<HeldUploads>().Find(Id(location))!;
        using var finished = await client.Finish(location, digest);
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
        await server.Stop();
        using (var left = new HeldUploads(server.Data.HeldUploads))
            Assert.True(left.TryAdd(upload with { Session = upload.Session with { Received = received } }));
        await server.Start();
        Assert.Null(server.Services.GetRequiredService<HeldUploads>().Find(upload.Session.Id));

        using var again = await client.Finish(location, digest);
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.Equal(2, (await server.Query<long>("select state from upload_sessions")).Single());
    }

    [Fact]
    public async Task Client_that_goes_away_in_mid_patch_goes_on_from_what_arrived()
    {
        var client = await RegistryClient.Fresh(shared);
        var bytes = RandomNumberGenerator.GetBytes(400_000);
        var location = await client.StartUpload();
        using (var raw = await RawHttp.Connect(shared))
        {
            await raw.Send($"PATCH {location} HTTP/1.1\nAuthorization: Bearer {client.Token}\nContent-Length: {bytes.Length}", bytes[..250_000]);
            await Until(async () => await Staged(location) >= 131_072);
            raw.Reset();
        }
        var end = 0L;
        await Until(async () =>
        {
            using var status = await client.Get(location);
            end = long.Parse(status.Headers.GetValues("Range").Single()[2..]);
            return end > 0;
        });
        Assert.InRange(end, 131_071, 249_999);
        using var rest = await client.Patch($"{location[..location.IndexOf('?')]}?offset={end + 1}", bytes[((int)end + 1)..], $"{end + 1}-{bytes.Length - 1}");
        Assert.Equal(HttpStatusCode.Accepted, rest.StatusCode);
        using var finished = await client.Finish(rest.Headers.Location!.OriginalString, RegistryClient.Sha256(bytes));
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);

        async Task<long> Staged(string at) => await shared.Storage.UploadLength(at[(at.LastIndexOf('/') + 1)..at.IndexOf('?')], Cancel);
    }

    [Theory]
    [InlineData("Content-Length: 300000", "")]
    [InlineData("Transfer-Encoding: chunked", "493e0\r\n")]
    public async Task Client_that_closes_in_mid_patch_goes_on_from_what_the_server_says_of_it(string header, string before)
    {
        var client = await RegistryClient.Fresh(shared);
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        var location = await client.StartUpload();
        using var raw = await RawHttp.Connect(shared);
        await raw.SendText($"PATCH {location} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {client.Token}\r\n{header}\r\n\r\n{before}");
        await raw.SendBytes(bytes[..200_000]);
        raw.CloseSending();
        await raw.ReceiveAll();
        var end = "";
        await Eventually.True(async () =>
        {
            // The server may still be writing down what came; then it says 416 to the rest from an older state, and the client asks again.
            using var status = await client.Get(location);
            var next = status.Headers.Location!.OriginalString;
            var offset = int.Parse(next[(next.IndexOf('=') + 1)..]);
            Assert.InRange(offset, 0, 200_000);
            using var rest = await client.Patch(next, bytes[offset..], $"{offset}-299999");
            end = rest.Headers.Location!.OriginalString;
            return rest.StatusCode == HttpStatusCode.Accepted;
        });
        using var finished = await client.Finish(end, RegistryClient.Sha256(bytes));
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
    }

    [Fact]
    public async Task Client_that_closes_in_the_last_put_leaves_the_upload_as_it_was_before()
    {
        var client = await RegistryClient.Fresh(shared);
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        var digest = RegistryClient.Sha256(bytes);
        using var patched = await client.Patch(await client.StartUpload(), bytes[..100_000]);
        var location = patched.Headers.Location!.OriginalString;
        using var raw = await RawHttp.Connect(shared);
        await raw.SendText($"PUT {location}&digest={digest} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {client.Token}\r\nContent-Length: 200000\r\n\r\n");
        await raw.SendBytes(bytes[100_000..250_000]);
        raw.CloseSending();
        await raw.ReceiveAll();
        using var blob = await client.Head($"blobs/{digest}");
        Assert.Equal(HttpStatusCode.NotFound, blob.StatusCode);
        using var status = await client.Get(location);
        Assert.Equal("0-99999", status.Headers.GetValues("Range").Single());
        using var finished = await client.Finish(location, digest, bytes[100_000..], "100000-299999");
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
    }

    [Fact]
    public async Task Client_that_goes_away_in_a_chunk_with_a_stated_range_can_send_that_range_again()
    {
        var client = await RegistryClient.Fresh(shared);
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        var location = await client.StartUpload();
        using (var raw = await RawHttp.Connect(shared))
        {
            await raw.Send($"PATCH {location} HTTP/1.1\nAuthorization: Bearer {client.Token}\nContent-Range: 0-299999\nContent-Length: 300000", bytes[..200_000]);
            raw.Reset();
        }
        using var again = await client.Patch(location, bytes, "0-299999");
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        using var finished = await client.Finish(again.Headers.Location!.OriginalString, RegistryClient.Sha256(bytes));
        Assert.Equal(HttpStatusCode.Created, finished.StatusCode);
    }

    private static string Id(string location) => location[(location.LastIndexOf('/') + 1)..location.IndexOf('?')];

    private static async Task Expire(TestServer server) =>
        await server.Services.GetServices<IHostedService>().OfType<UploadExpiry>().Single().Expire(Cancel);

    /// <summary>Asks again until it is so; the test's own time limit ends what never becomes so.</summary>
    private static async Task Until(Func<Task<bool>> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!await isSo())
            await Task.Delay(5, limit.Token);
    }
}
