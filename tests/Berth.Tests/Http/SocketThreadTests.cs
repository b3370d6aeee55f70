using Berth.Tests.Harness;

namespace Berth.Tests.Http;

/// <summary>
/// What is in memory is answered on the thread that waits for sockets, all else elsewhere. That nothing uses the store there, every test
/// over HTTP looks at, by <see cref="Storage.FaultInjectingStorage"/>.
/// </summary>
public sealed class SocketThreadTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Manifest_from_memory_is_answered_on_the_thread_that_waits_for_sockets()
    {
        var client = await RegistryClient.Fresh(server);
        await client.PushImage("latest");
        using var threads = new SocketThreads(server, "berth.manifest.pulled");
        using var raw = await RawHttp.Connect(server);
        Assert.False(await Pull(raw, client, threads), "A new connection begins on the pool.");
        await Settle(raw, client, threads);
    }

    [Fact]
    public async Task Manifest_that_has_to_be_read_first_is_answered_on_the_pool_and_a_later_one_from_memory_again()
    {
        var client = await RegistryClient.Fresh(server);
        await client.PushImage("latest");
        using var threads = new SocketThreads(server, "berth.manifest.pulled");
        using var raw = await RawHttp.Connect(server);
        await Settle(raw, client, threads);
        await server.Database.Write(_ => { });
        Assert.False(await Pull(raw, client, threads));
        await Settle(raw, client, threads);
    }

    [Fact]
    public async Task Blob_is_sent_by_the_pool_also_where_its_repository_has_manifests_in_its_name()
    {
        var client = await RegistryClient.OfSharedUser(server, $"p{Guid.NewGuid():N}/manifests/x");
        await client.PushImage("latest");
        var digest = await client.PushBlob(new byte[3_000_000]);
        using var manifests = new SocketThreads(server, "berth.manifest.pulled");
        using var blobs = new SocketThreads(server, "berth.blob.pulled");
        using var raw = await RawHttp.Connect(server);
        for (var round = 0; round < 3; round++)
        {
            await Settle(raw, client, manifests);
            await Ask(raw, client, $"blobs/{digest}", "HEAD");
            await Ask(raw, client, $"blobs/{digest}");
            Assert.False(await blobs.Next());
        }
    }

    [Fact]
    public async Task Request_with_a_body_keeps_its_connection_off_the_thread_until_one_without()
    {
        var client = await RegistryClient.Fresh(server);
        await client.PushImage("latest");
        using var threads = new SocketThreads(server, "berth.manifest.pulled");
        using var raw = await RawHttp.Connect(server);
        await Settle(raw, client, threads);
        Assert.False(await Pull(raw, client, threads, "{}"));
        Assert.False(await Pull(raw, client, threads), "What follows a body begins on the pool.");
        await Settle(raw, client, threads);
    }

    [Fact]
    public async Task Connection_that_sends_request_upon_request_leaves_the_thread_to_others_at_times()
    {
        var client = await RegistryClient.Fresh(server);
        await client.PushImage("latest");
        using var threads = new SocketThreads(server, "berth.manifest.pulled");
        using var raw = await RawHttp.Connect(server);
        await Settle(raw, client, threads);
        const int Requests = 500;
        await raw.SendText(string.Concat(Enumerable.Repeat(Request(client, "manifests/latest"), Requests)));
        var inARow = 0;
        for (var reply = 0; reply < Requests; reply++)
        {
            Assert.Equal(200, (await raw.ReceiveNext())!.Status);
            inARow = await threads.Next() ? inARow + 1 : 0;
            Assert.InRange(inARow, 0, 64);
        }
    }

    [Fact]
    public async Task Connections_that_are_answered_in_turn_stay_on_the_thread()
    {
        Assert.SkipWhen(TestDatabase.IsPostgres, "each answer asks PostgreSQL");
        var client = await RegistryClient.Fresh(server);
        await client.PushImage("latest");
        using var threads = new SocketThreads(server, "berth.manifest.pulled");
        var connections = new List<RawHttp>();
        try
        {
            // More than two for each thread that there can be.
            for (var connection = 0; connection <= 2 * Environment.ProcessorCount; connection++)
            {
                connections.Add(await RawHttp.Connect(server));
                await Settle(connections[^1], client, threads);
            }
            const int Rounds = 200;
            var elsewhere = 0;
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var raw in connections)
                    elsewhere += await Pull(raw, client, threads) ? 0 : 1;
            }
            // A connection that is alone on its thread leaves it after 64.
            Assert.InRange(elsewhere, 0, Rounds * connections.Count / 130);
        }
        finally
        {
            connections.ForEach(raw => raw.Dispose());
        }
    }

    [Fact]
    public async Task Blank_lines_without_a_request_are_read_elsewhere_in_the_end()
    {
        var client = await RegistryClient.Fresh(server);
        await client.PushImage("latest");
        using var threads = new SocketThreads(server, "berth.manifest.pulled");
        using var raw = await RawHttp.Connect(server);
        await Settle(raw, client, threads);
        await raw.SendText(string.Concat(Enumerable.Repeat("\r\n", 2_000_000)));
        Assert.False(await Pull(raw, client, threads));
        await Settle(raw, client, threads);
    }

    [Fact]
    public async Task Client_that_breaks_off_in_a_body_is_cleaned_up_after_by_the_pool()
    {
        var client = await RegistryClient.Fresh(server);
        await client.PushImage("latest");
        using var threads = new SocketThreads(server, "berth.manifest.pulled");
        for (var round = 0; round < 10; round++)
        {
            var location = await client.StartUpload();
            using (var raw = await RawHttp.Connect(server))
            {
                await Settle(raw, client, threads);
                await raw.SendText($"PATCH {location} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {client.Token}\r\nContent-Length: 1000000\r\n\r\n{new string('x', 300_000)}");
                raw.Reset();
            }
            Assert.Equal(204, (int)(await client.Delete(location)).StatusCode);
        }
    }

    [Fact]
    public async Task Refusals_and_what_others_are_asked_go_on_on_the_same_connection()
    {
        var client = await RegistryClient.Fresh(server);
        await client.PushImage("latest");
        using var raw = await RawHttp.Connect(server);
        for (var round = 0; round < 3; round++)
        {
            foreach (var (path, status) in new[] { ("manifests/latest", 200), ("manifests/none", 404), ("manifests/sha256:nope", 400), ("nothing", 404), ("manifests/latest", 200), ("blobs/nope", 400) })
                await Ask(raw, client, path, status: status);
        }
    }

    /// <summary>
    /// Asks until the thread that waits for sockets answers: what the server still had to write after a push is written then. PostgreSQL has
    /// other writers than this server, so there each answer asks it.
    /// </summary>
    private static Task Settle(RawHttp raw, RegistryClient client, SocketThreads threads) =>
        Eventually.True(async () => await Pull(raw, client, threads) != TestDatabase.IsPostgres);

    /// <summary>Pulls the manifest: whether a thread that waits for sockets answered.</summary>
    private static async Task<bool> Pull(RawHttp raw, RegistryClient client, SocketThreads threads, string body = "")
    {
        await Ask(raw, client, "manifests/latest", body: body);
        return await threads.Next();
    }

    private static async Task Ask(RawHttp raw, RegistryClient client, string path, string method = "GET", string body = "", int status = 200)
    {
        await raw.SendText(Request(client, path, method, body.Length > 0 ? $"Content-Length: {body.Length}\r\n" : "") + body);
        var reply = (await raw.ReceiveNext(isHead: method == "HEAD"))!;
        Assert.True(reply.Status == status, $"{method} {path}: {reply}");
    }

    private static string Request(RegistryClient client, string path, string method = "GET", string headers = "") =>
        $"{method} /v2/{client.Name}/{path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nAuthorization: Bearer {client.Token}\r\n{headers}\r\n";
}
