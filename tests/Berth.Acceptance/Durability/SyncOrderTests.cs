using System.Net;
using System.Security.Cryptography;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Durability;

/// <summary>
/// A 201 means that a power loss takes nothing away. What would be lost can't be tried here; that everything is synced before the
/// answer, and in an order in which each moment leaves a whole blob or none, can be seen.
/// </summary>
public sealed class SyncOrderTests
{
    [Fact]
    public async Task Push_in_one_PUT_is_synced_before_its_201() =>
        await Push(async (client, location, digest, bytes) => await client.Finish(location, digest, OciClient.Bytes(bytes)));

    [Fact]
    public async Task Push_in_chunks_is_synced_before_its_201() => await Push(async (client, location, digest, bytes) =>
    {
        using var chunk = OciClient.Bytes(bytes.AsMemory(0, 300_000));
        chunk.Headers.TryAddWithoutValidation("Content-Range", "0-299999");
        using var patched = await client.Send(HttpMethod.Patch, location, chunk);
        await OciClient.Expect(patched, HttpStatusCode.Accepted);
        using var streamed = await client.Send(HttpMethod.Patch, OciClient.Location(patched), new PacedContent(bytes.AsMemory(300_000), TimeSpan.Zero));
        await OciClient.Expect(streamed, HttpStatusCode.Accepted);
        return await client.Finish(OciClient.Location(streamed), digest);
    });

    [Fact]
    public async Task Manifest_is_synced_before_its_201()
    {
        await using var berth = await BerthProgram.Start();
        using var client = new OciClient(berth.Url, "root/hello");
        var config = OciClient.NewConfig();
        await client.PushBlob(config);
        await using var trace = await SystemCallTrace.Attach(berth.ProcessId);
        using (var reply = await client.PutManifest("latest", OciClient.Manifest((OciClient.DigestOf(config), config.Length))))
            await OciClient.Expect(reply, HttpStatusCode.Created);
        InOrder(await trace.End(), DatabaseSync(berth), Answer);
    }

    private static async Task Push(Func<OciClient, string, string, byte[], Task<HttpResponseMessage>> push)
    {
        await using var berth = await BerthProgram.Start();
        using var client = new OciClient(berth.Url, "root/hello");
        // Makes the project and the repository, which have their own syncs.
        await client.PushBlob(OciClient.NewConfig());
        // Its fan-out directory is to be a new one, so that the directory above it is synced too.
        var bytes = FirstOfItsFanOut(berth);
        var digest = OciClient.DigestOf(bytes);
        var location = await client.StartUpload();
        var staged = $"{berth.DataDirectory}/uploads/{location.Split('/')[^1].Split('?')[0]}";

        await using var trace = await SystemCallTrace.Attach(berth.ProcessId);
        using (var reply = await push(client, location, digest, bytes))
            await OciClient.Expect(reply, HttpStatusCode.Created);
        var calls = await trace.End();

        var algorithm = $"{berth.DataDirectory}/docker/registry/v2/blobs/sha256";
        var fanOut = FanOut(berth, digest);
        var blob = $"{fanOut}/{digest["sha256:".Length..]}";
        Step rename = new($"rename of the staged file to {blob}/data", call =>
            call.Name == "rename" && call.Text.StartsWith($"\"{staged}\"", StringComparison.Ordinal) && call.Text.EndsWith("= 0", StringComparison.Ordinal));
        InOrder(calls, SyncOf(staged), rename, SyncOf(blob), SyncOf(fanOut), DatabaseSync(berth), Answer);
        InOrder(calls, new Step($"mkdir of {fanOut}", call => call.Name == "mkdir" && call.Text.StartsWith($"\"{fanOut}\"", StringComparison.Ordinal)),
            SyncOf(algorithm), DatabaseSync(berth), Answer);
    }

    private static Step Answer => new("the 201 on the socket", call =>
        call.Name is "write" or "writev" or "sendto" or "sendmsg" && call.Text.Contains("HTTP/1.1 201", StringComparison.Ordinal));

    private static Step DatabaseSync(BerthProgram berth) => SyncOf($"{berth.DataDirectory}/berth.db-wal");

    private static Step SyncOf(string path) => new($"a sync of {path}", call => call.IsSyncOf(path));

    /// <summary>Each step has to end before the next one begins. The commit of a PATCH is not synced, so each step is looked for behind the one before.</summary>
    private static void InOrder(IReadOnlyList<SystemCall> calls, params ReadOnlySpan<Step> steps)
    {
        var ended = -1;
        foreach (var step in steps)
        {
            var found = calls.Where(call => call.Begun > ended && step.Is(call)).MinBy(call => call.Ended);
            if (found is null)
                Assert.Fail($"{step.Name} is missing where it belongs; line {ended} and these were seen:\n{Print(calls)}");
            ended = found.Ended;
        }
        // Nothing was answered before.
        Assert.DoesNotContain(calls, call => Answer.Is(call) && call.Begun < ended && call.Ended != ended);
    }

    private static string Print(IEnumerable<SystemCall> calls) => string.Join('\n', calls.Select(call => $"{call.Begun}-{call.Ended} {call.Name}({call.Text}"));

    private static byte[] FirstOfItsFanOut(BerthProgram berth)
    {
        while (true)
        {
            var bytes = RandomNumberGenerator.GetBytes(700_000);
            if (!Directory.Exists(FanOut(berth, OciClient.DigestOf(bytes))))
                return bytes;
        }
    }

    private static string FanOut(BerthProgram berth, string digest) =>
        $"{berth.DataDirectory}/docker/registry/v2/blobs/sha256/{digest["sha256:".Length..][..2]}";

    private sealed record Step(string Name, Func<SystemCall, bool> Is);
}
