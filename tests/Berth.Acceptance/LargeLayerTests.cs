using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance;

/// <summary>
/// A layer larger than others' registries took (distribution #2814), sent chunk by chunk: zeros but for each chunk's number in its
/// first 8 bytes. TEST_LAYER_MEGABYTES: how large.
/// </summary>
public sealed class LargeLayerTests
{
    private const int Chunk = 5_000_000;

    private static readonly long Length = 1_000_000 * long.Parse(Environment.GetEnvironmentVariable("TEST_LAYER_MEGABYTES") ?? "600", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Layer_in_chunks_of_5_MB_is_pushed_by_one_token_and_read_anywhere()
    {
        await using var berth = await BerthProgram.Start();
        using var client = new OciClient(berth.Url, "root/large");
        await client.SignInForToken();
        var (location, digest) = await PushChunks(client);
        using (var finished = await client.Finish(location, digest))
            await OciClient.Expect(finished, HttpStatusCode.Created);

        await client.SignInForToken();
        using (var head = await client.Send(HttpMethod.Head, $"blobs/{digest}"))
        {
            await OciClient.Expect(head, HttpStatusCode.OK);
            Assert.Equal(Length, head.Content.Headers.ContentLength);
        }
        var last = (Length - 1) / Chunk;
        foreach (var number in new[] { 0, 1, 429, 430, 859, 860, last / 2, last }.Where(number => number <= last))
            await ReadRange(client, digest, number);
        var peak = await berth.PeakMemory();
        TestContext.Current.TestOutputHelper!.WriteLine($"{Length / 1_000_000} MB, at most {peak / 1_000_000} MB of the server resident");
        Assert.InRange(peak, 1, 250_000_000);
        Assert.Equal(0, await berth.Stop());
        Assert.Contains(" 0 problems", (await berth.Verb("fsck")).Succeeded(), StringComparison.Ordinal);
    }

    /// <summary>Sends all chunks, each to the Location that the one before it was answered with; returns the last of these, and the digest.</summary>
    private static async Task<(string Location, string Digest)> PushChunks(OciClient client)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var bytes = new byte[Chunk];
        var location = await client.StartUpload();
        for (var start = 0L; start < Length; start += Chunk)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, start / Chunk);
            var count = (int)Math.Min(Chunk, Length - start);
            hash.AppendData(bytes, 0, count);
            using var content = new ByteArrayContent(bytes, 0, count);
            content.Headers.TryAddWithoutValidation("Content-Range", string.Create(CultureInfo.InvariantCulture, $"{start}-{start + count - 1}"));
            using var reply = await client.Send(HttpMethod.Patch, location, content);
            await OciClient.Expect(reply, HttpStatusCode.Accepted);
            Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"0-{start + count - 1}"), reply.Headers.GetValues("Range").Single());
            location = OciClient.Location(reply);
        }
        return (location, "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>The 4 bytes before a chunk, or none before the first, and its number.</summary>
    private static async Task ReadRange(OciClient client, string digest, long number)
    {
        var from = Math.Max(0, (number * Chunk) - 4);
        using var reply = await client.Send(HttpMethod.Get, $"blobs/{digest}", with: request => request.Headers.Range = new RangeHeaderValue(from, (number * Chunk) + 7));
        await OciClient.Expect(reply, HttpStatusCode.PartialContent);
        Assert.Equal(new ContentRangeHeaderValue(from, (number * Chunk) + 7, Length), reply.Content.Headers.ContentRange);
        var bytes = await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(number == 0 ? 8 : 12, bytes.Length);
        Assert.Equal(number, BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(bytes.Length - 8)));
        Assert.All(bytes[..^8], one => Assert.Equal(0, one));
    }
}
