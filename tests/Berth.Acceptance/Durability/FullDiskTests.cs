using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Durability;

/// <summary>On a full disk pushes are refused and say why, pulls go on, nothing is lost, and all is well once there is space.</summary>
public sealed class FullDiskTests
{
    private const int Megabyte = 1024 * 1024;

    [Fact]
    public async Task Reserve_is_left_to_the_database_and_pushes_are_refused_before_it()
    {
        await using var volume = await SmallVolume.Tmpfs(megabytes: 64);
        await using var berth = await Start(volume, minimumFreeSpace: "16MiB");
        using var client = new OciClient(berth.Url, "root/hello");
        var (layer, manifest) = await client.PushImage("before");
        var (config, late) = (OciClient.NewConfig(), RandomNumberGenerator.GetBytes(100));
        await client.PushBlob(config);
        await client.PushBlob(late);

        // One push runs into the reserve, the next one is not even begun; the manifest of what is there is still taken.
        using (var full = await client.Finish(await client.StartUpload(), OciClient.DigestOf([1]), new PacedContent(new byte[60 * Megabyte], TimeSpan.Zero)))
            await ExpectFull(full, "setting MinimumFreeSpace");
        volume.FillUpTo(leave: 15 * Megabyte);
        using (var refused = await client.Send(HttpMethod.Post, "blobs/uploads/"))
            await ExpectFull(refused, "Free some space, then push again");
        using (var reply = await client.PutManifest("late", OciClient.Manifest((OciClient.DigestOf(config), config.Length), (OciClient.DigestOf(late), late.Length))))
            await OciClient.Expect(reply, HttpStatusCode.Created);
        await PullAll(client, layer, manifest, "before");

        volume.Empty();
        await client.PushImage("after", 10 * Megabyte);
        await ExpectClean(berth);
    }

    [Theory]
    [InlineData("tmpfs")]
    [InlineData("ext4")]
    public async Task Disk_filled_to_its_last_byte_refuses_pushes_loses_nothing_and_recovers_without_a_restart(string fileSystem)
    {
        await using var volume = fileSystem == "ext4" ? await SmallVolume.Ext4(megabytes: 64) : await SmallVolume.Tmpfs(megabytes: 64);
        await using var berth = await Start(volume, minimumFreeSpace: "0");
        using var client = new OciClient(berth.Url, "root/hello");
        var (layer, manifest) = await client.PushImage("before");
        var config = OciClient.NewConfig();
        await client.PushBlob(config);
        var tokens = await NewAccessTokens(client, 4);
        var bytes = RandomNumberGenerator.GetBytes(40 * Megabyte);
        var location = await StartHalf(client, bytes);

        volume.FillUpTo(leave: 5 * Megabyte);
        using (var full = await client.Send(HttpMethod.Patch, location, new PacedContent(bytes.AsMemory(Megabyte), TimeSpan.Zero)))
            await ExpectFull(full, "no space left");
        volume.FillUpTo(leave: 0);
        await PushManifestsUntilFull(client, config);
        await StartUploadsUntilFull(client);
        // Their first use can't be written down, which must keep nobody from pulling.
        foreach (var token in tokens)
        {
            using var reader = new OciClient(berth.Url, "root/hello");
            await reader.SignInForToken(token);
            await PullAll(reader, layer, manifest, "before");
        }
        await berth.WaitUntilItSays("could not be written down");

        volume.Empty();
        using (var status = await client.Send(HttpMethod.Get, location))
        {
            await OciClient.Expect(status, HttpStatusCode.NoContent);
            Assert.Equal($"0-{Megabyte - 1}", status.Headers.GetValues("Range").Single());
        }
        using (var finished = await client.Finish(location, OciClient.DigestOf(bytes), OciClient.Bytes(bytes.AsMemory(Megabyte))))
            await OciClient.Expect(finished, HttpStatusCode.Created);
        await client.PullWhole($"blobs/{OciClient.DigestOf(bytes)}", OciClient.DigestOf(bytes));
        await client.PushImage("after");
        await PullAll(client, layer, manifest, "before");
        await ExpectClean(berth);
    }

    private static Task<BerthProgram> Start(SmallVolume volume, string minimumFreeSpace) =>
        BerthProgram.Start(new Dictionary<string, string> { ["MinimumFreeSpace"] = minimumFreeSpace }, volume.Data);

    /// <summary>Starts an upload and sends its first megabyte.</summary>
    private static async Task<string> StartHalf(OciClient client, byte[] bytes)
    {
        using var patched = await client.Send(HttpMethod.Patch, await client.StartUpload(), OciClient.Bytes(bytes.AsMemory(0, Megabyte)));
        await OciClient.Expect(patched, HttpStatusCode.Accepted);
        return OciClient.Location(patched);
    }

    /// <summary>The database's log may have room for some; those that were answered with 201 are there, the first other one is a 507.</summary>
    private static async Task PushManifestsUntilFull(OciClient client, byte[] config)
    {
        var stored = new List<string>();
        for (var number = 0; ; number++)
        {
            Assert.True(number < 5000, "the database never became full");
            // Of some size, so that the end comes soon.
            var json = OciClient.Manifest((OciClient.DigestOf(config), config.Length)).Replace("{\"schemaVersion\"", $$"""{"annotations":{"n":"{{number}}{{new string('x', 50_000)}}"},"schemaVersion" """, StringComparison.Ordinal);
            using var reply = await client.PutManifest($"m{number}", json);
            if (reply.StatusCode != HttpStatusCode.Created)
            {
                await ExpectFull(reply, "free space");
                break;
            }
            stored.Add(OciClient.DigestOf(Encoding.UTF8.GetBytes(json)));
        }
        for (var number = 0; number < stored.Count; number++)
            await client.PullWhole($"manifests/m{number}", stored[number]);
        using var absent = await client.Send(HttpMethod.Get, $"manifests/m{stored.Count}");
        await OciClient.Expect(absent, HttpStatusCode.NotFound);
    }

    /// <summary>Writes of a few hundred bytes each, so that the last block of the database's log is used up too.</summary>
    private static async Task StartUploadsUntilFull(OciClient client)
    {
        for (var number = 0; number < 5000; number++)
        {
            using var reply = await client.Send(HttpMethod.Post, "blobs/uploads/");
            if (reply.StatusCode == HttpStatusCode.Accepted)
                continue;
            await ExpectFull(reply, "free space");
            return;
        }
        Assert.Fail("the database never became full");
    }

    private static async Task<List<string>> NewAccessTokens(OciClient client, int count)
    {
        var tokens = new List<string>();
        while (tokens.Count < count)
        {
            using var reply = await client.Send(HttpMethod.Post, "/api/v4/users/1/personal_access_tokens", JsonContent.Create(new { name = "reader", scopes = new[] { "read_registry", "write_registry" } }));
            await OciClient.Expect(reply, HttpStatusCode.Created);
            tokens.Add((await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("token").GetString()!);
        }
        return tokens;
    }

    private static async Task PullAll(OciClient client, string layer, string manifest, string tag)
    {
        await client.PullWhole($"blobs/{layer}", layer);
        await client.PullWhole($"manifests/{tag}", manifest);
    }

    /// <summary>docker shows the status line alone, so the cause is there as well as in the body.</summary>
    private static async Task ExpectFull(HttpResponseMessage reply, string words)
    {
        using var body = JsonDocument.Parse(await OciClient.Expect(reply, HttpStatusCode.InsufficientStorage));
        var error = body.RootElement.GetProperty("errors")[0];
        Assert.Equal("INSUFFICIENT_STORAGE", error.GetProperty("code").GetString());
        Assert.Contains(words, error.GetProperty("message").GetString()!, StringComparison.Ordinal);
        Assert.Contains(words, reply.ReasonPhrase!, StringComparison.Ordinal);
    }

    private static async Task ExpectClean(BerthProgram berth)
    {
        Assert.Contains(" 0 problems", (await berth.Verb("fsck")).Succeeded(), StringComparison.Ordinal);
        Assert.Equal(0, await berth.Stop());
        Assert.Contains(" 0 problems", (await berth.Verb("fsck")).Succeeded(), StringComparison.Ordinal);
    }
}
