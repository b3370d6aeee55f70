using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Berth.Oci;
using Berth.Tests.Harness;

namespace Berth.Tests.Distribution.Conformance;

/// <summary>Every way of pushing a blob (end-4a, end-4b, end-4c, end-5, end-6), by both algorithms, with the right digest and a wrong one.</summary>
public sealed class BlobPushTests(TestServer server)
{
    public static readonly TheoryData<string, string> Ways = [.. from way in new[] { "post", "put", "chunk", "stream", "chunks", "last chunk in put" }
                                                                 from algorithm in new[] { "sha256", "sha512" }
                                                                 select (way, algorithm)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Blob_is_taken_and_its_Location_gives_it_back(string way, string algorithm)
    {
        var client = await RegistryClient.Fresh(server);
        var bytes = RandomNumberGenerator.GetBytes(3000);
        var digest = DigestOf(algorithm, bytes);
        using var pushed = await Push(client, way, bytes, digest);
        // "Upon successful completion of the request, the response MUST have code 201 Created and MUST have the following header: Location",
        // "With <blob-location> being a pullable blob URL."
        Assert.Equal(HttpStatusCode.Created, pushed.StatusCode);
        using var pulled = await client.Get(pushed.Headers.Location!.OriginalString);
        Assert.Equal(bytes, await pulled.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal(digest, pulled.Headers.GetValues("Docker-Content-Digest").Single());
        using var head = await client.Head($"blobs/{digest}");
        // "A successful response MUST contain the size in bytes of the uploaded blob or manifest in the header Content-Length."
        Assert.Equal(3000, head.Content.Headers.ContentLength);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Blob_under_a_wrong_digest_is_400_and_is_not_there(string way, string algorithm)
    {
        var client = await RegistryClient.Fresh(server);
        var bytes = RandomNumberGenerator.GetBytes(3000);
        var wrong = DigestOf(algorithm, [1, 2, 3]);
        using var pushed = await Push(client, way, bytes, wrong);
        // "… if the client provided digest is invalid or uses an unsupported algorithm, the registry SHOULD respond with a response code 400 Bad Request."
        Assert.StartsWith("DIGEST_INVALID: ", await RegistryClient.Refusal(pushed, HttpStatusCode.BadRequest));
        foreach (var digest in new[] { wrong, DigestOf(algorithm, bytes) })
        {
            using var head = await client.Head($"blobs/{digest}");
            Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
        }
    }

    [Theory]
    [InlineData("sha512", "sha512")]
    [InlineData("sha256", "sha256")]
    [InlineData("sha512", "sha256")]
    public async Task Digest_algorithm_announces_what_the_put_may_still_change(string announced, string put)
    {
        var client = await RegistryClient.Fresh(server);
        var bytes = RandomNumberGenerator.GetBytes(100);
        // "When pushing a blob with a digest algorithm other than sha256, the post request SHOULD include the digest-algorithm parameter".
        using var opened = await client.Send(HttpMethod.Post, $"blobs/uploads/?digest-algorithm={announced}");
        Assert.Equal(HttpStatusCode.Accepted, opened.StatusCode);
        using var pushed = await client.Finish(opened.Headers.Location!.OriginalString, DigestOf(put, bytes), bytes);
        Assert.Equal(HttpStatusCode.Created, pushed.StatusCode);
    }

    [Theory]
    [InlineData("md5")]
    [InlineData("SHA256")]
    [InlineData("blake3")]
    public async Task Unknown_digest_algorithm_is_400_that_names_the_known(string algorithm)
    {
        var client = await RegistryClient.Fresh(server);
        using var reply = await client.Send(HttpMethod.Post, $"blobs/uploads/?digest-algorithm={algorithm}");
        Assert.Equal($"DIGEST_INVALID: '{algorithm}' is no digest algorithm here: sha256 or sha512", await RegistryClient.Refusal(reply, HttpStatusCode.BadRequest));
    }

    [Theory]
    [InlineData("sha256")]
    [InlineData("sha512")]
    public async Task Wrong_chunks_are_416_and_the_upload_goes_on_to_its_end(string algorithm)
    {
        var client = await RegistryClient.Fresh(server);
        var bytes = RandomNumberGenerator.GetBytes(300);
        using var first = await client.Patch(await client.StartUpload(), bytes[..100], "0-99");
        var location = first.Headers.Location!.OriginalString;
        // "If a chunk is uploaded out of order, the registry MUST respond with a 416 Requested Range Not Satisfiable code."
        foreach (var (from, to) in new[] { (200, 300), (0, 50), (50, 150) })
        {
            using var wrong = await client.Patch(location, bytes[from..to], Range(from, to));
            Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, wrong.StatusCode);
            // "The response to an active upload <blob-push-location> MUST be a 204 No Content response code".
            using var status = await client.Get(location);
            Assert.Equal(HttpStatusCode.NoContent, status.StatusCode);
            Assert.Equal("0-99", status.Headers.GetValues("Range").Single());
            location = status.Headers.Location!.OriginalString;
        }
        using var second = await client.Patch(location, bytes[100..200], "100-199");
        Assert.Equal("0-199", second.Headers.GetValues("Range").Single());
        location = second.Headers.Location!.OriginalString;
        // "If the final chunk is uploaded out of order, the registry MUST respond with a 416 Requested Range Not Satisfiable code."
        using var early = await client.Finish(location, DigestOf(algorithm, bytes), bytes[..100], "0-99");
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, early.StatusCode);
        using var last = await client.Finish(location, DigestOf(algorithm, bytes), bytes[200..], "200-299");
        Assert.Equal(HttpStatusCode.Created, last.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    public async Task Smallest_blobs_are_as_good_as_others(string text)
    {
        var client = await RegistryClient.Fresh(server);
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        foreach (var (way, _) in Ways.Where(row => row.Data.Item2 == "sha256" && row.Data.Item1 is "post" or "put" or "stream").Select(row => row.Data))
        {
            using var pushed = await Push(client, way, bytes, RegistryClient.Sha256(bytes));
            Assert.Equal(HttpStatusCode.Created, pushed.StatusCode);
        }
        using var head = await client.Head($"blobs/{RegistryClient.Sha256(bytes)}");
        Assert.Equal(bytes.Length, head.Content.Headers.ContentLength);
    }

    private static string DigestOf(string algorithm, byte[] bytes) => Digest.Of(algorithm == "sha256" ? DigestAlgorithm.Sha256 : DigestAlgorithm.Sha512, bytes).ToString();

    private static string Range(int from, int to) => string.Create(CultureInfo.InvariantCulture, $"{from}-{to - 1}");

    private static async Task<HttpResponseMessage> Push(RegistryClient client, string way, byte[] bytes, string digest)
    {
        if (way == "post")
            return await client.Send(HttpMethod.Post, $"blobs/uploads/?digest={digest}", Content(bytes));
        var location = await client.StartUpload();
        (int From, int To)[] patches = way switch
        {
            "put" => [],
            "stream" or "chunk" => [(0, bytes.Length)],
            "chunks" => [(0, 1000), (1000, 2000), (2000, bytes.Length)],
            _ => [(0, 1000), (1000, 2000)],
        };
        foreach (var (from, to) in patches)
        {
            using var patched = await client.Patch(location, bytes[from..to], way == "stream" ? null : Range(from, to));
            // "The response for each successful chunk upload MUST be 202 Accepted, and MUST have the following headers: Location, Range".
            Assert.Equal(HttpStatusCode.Accepted, patched.StatusCode);
            if (to > 0)
                Assert.Equal(Range(0, to), patched.Headers.GetValues("Range").Single());
            location = patched.Headers.Location!.OriginalString;
        }
        return way switch
        {
            "put" => await client.Finish(location, digest, bytes),
            "last chunk in put" => await client.Finish(location, digest, bytes[2000..], Range(2000, bytes.Length)),
            _ => await client.Finish(location, digest),
        };
    }

    private static ByteArrayContent Content(byte[] bytes) => new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
}
