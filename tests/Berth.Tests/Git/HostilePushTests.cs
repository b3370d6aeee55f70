using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Berth.Server.Git;
using Berth.Tests.Harness;

namespace Berth.Tests.Git;

public sealed class HostilePushTests(TestServer server)
{
    private const string PushType = "application/x-git-receive-pack-request";
    private const string FetchType = "application/x-git-upload-pack-request";

    private static readonly string Zero = new('0', 40);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Objects_that_fsck_refuses_are_refused_and_the_move_is_void()
    {
        var (_, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        // A tree with an entry called '.git' would write into a checkout's own repository.
        var blob = (await client.Ok("hash-object", "-w", "README.md")).Trim();
        var raw = Path.Combine(client.Work, "tree");
        await File.WriteAllBytesAsync(raw, [.. "100644 .git\0"u8, .. Convert.FromHexString(blob)], Cancel);
        var tree = (await client.Ok("hash-object", "-w", "--literally", "-t", "tree", "tree")).Trim();
        var commit = (await client.Ok("commit-tree", tree, "-m", "evil")).Trim();
        var output = await client.Fails("push", "origin", $"{commit}:refs/heads/evil");
        Assert.Contains("hasDotgit", output, StringComparison.Ordinal);
        Assert.Single(await GitFixture.Done(server, path));
        Assert.Empty(await GitFixture.Intended(server, path));
        Assert.DoesNotContain("evil", await client.Ok("ls-remote", "origin"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_push_over_the_limit_is_refused_in_words()
    {
        await using var own = new TestServer { GitMaxPushSize = 2_000_000 };
        await own.InitializeAsync();
        var (_, path, client) = await GitFixture.Pushed(own);
        using var _ = client;
        await client.Commit("random", Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(3_000_000)));
        Assert.Contains("pack exceeds maximum allowed size", await client.Fails("push", "origin", "main"), StringComparison.Ordinal);
        Assert.Single(await GitFixture.Done(own, path));
        Assert.Contains("413", await client.Fails("-c", "http.postBuffer=100000000", "push", "origin", "main"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("version=2")]
    [InlineData("version=2:x=y")]
    [InlineData("version=99")]
    [InlineData("$(touch /tmp/x)")]
    [InlineData("--upload-pack=touch")]
    [InlineData("version=2;PATH=/tmp")]
    [InlineData("::::====....----")]
    public async Task Whatever_the_protocol_header_holds_the_answer_is_gits(string header)
    {
        var (user, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        using var reply = await server.Send(HttpMethod.Get, $"/{path}.git/info/refs?service=git-upload-pack", basic: user.Basic,
            with: request => request.Headers.TryAddWithoutValidation("Git-Protocol", header));
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal("application/x-git-upload-pack-advertisement", reply.Content.Headers.ContentType!.ToString());
        Assert.StartsWith(header.StartsWith("version=2", StringComparison.Ordinal) && !header.Contains(';', StringComparison.Ordinal) ? "000eversion 2\n" : "001e# service=git-upload-pack\n0000",
            await reply.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public void A_protocol_header_that_is_not_well_formed_is_none()
    {
        Assert.Equal("version=2", GitProtocol.Parse("version=2"));
        foreach (var bad in (string?[])[null, "", "version=2 ", "a\nb", "a\0b", "version=2;x", "é", new string('a', 129)])
            Assert.Null(GitProtocol.Parse(bad));
    }

    [Theory]
    [InlineData("")]
    [InlineData("000")]
    [InlineData("zzzz")]
    [InlineData("0001")]
    [InlineData("0009hello0000")]
    [InlineData("ffff")]
    public async Task A_body_that_is_no_push_is_refused_before_git_runs(string text)
    {
        var (user, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        using var reply = await server.Send(HttpMethod.Post, $"/{path}.git/git-receive-pack", Body(Encoding.ASCII.GetBytes(text), PushType), basic: user.Basic);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.StartsWith("The push cannot be read", await reply.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_gzip_and_unknown_encodings_and_types_are_refused()
    {
        var (user, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        async Task<HttpStatusCode> Status(string route, string type, string? encoding)
        {
            using var reply = await server.Send(HttpMethod.Post, $"/{path}.git/{route}", Body([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], type, encoding), basic: user.Basic);
            return reply.StatusCode;
        }
        Assert.Equal(HttpStatusCode.BadRequest, await Status("git-receive-pack", PushType, "gzip"));
        Assert.Equal(HttpStatusCode.BadRequest, await Status("git-upload-pack", FetchType, "gzip"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await Status("git-receive-pack", PushType, "br"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await Status("git-upload-pack", "text/plain", null));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await Status("git-receive-pack", FetchType, null));
    }

    [Fact]
    public async Task A_client_that_goes_in_the_middle_of_its_pack_leaves_no_ref_and_a_void_move()
    {
        var (user, path, client) = await GitFixture.Pushed(server);
        using var _ = client;
        var head = PktLine.Encode($"{Zero} {await client.Head()} refs/heads/cut\0report-status side-band-64k agent=test\n");
        using var gone = new CancellationTokenSource();
        var sending = server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/{path}.git/git-receive-pack")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(user.Basic))) },
            Content = new CutOffContent([.. head, .. PktLine.Flush, .. "PACK\0\0\0\u0002\0\0\0\u0005"u8], PushType),
        }, gone.Token);
        await Eventually.True(async () => (await GitFixture.Intended(server, path)).Count == 1);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => sending);
        await Eventually.True(async () => (await GitFixture.Intended(server, path)).Count == 0);
        Assert.Single(await GitFixture.Done(server, path));
        Assert.DoesNotContain("cut", await client.Ok("ls-remote", "origin"), StringComparison.Ordinal);
    }

    private static ByteArrayContent Body(byte[] bytes, string type, string? encoding = null)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        return content;
    }

    /// <summary>Sends its bytes and then nothing more, without an end.</summary>
    private sealed class CutOffContent : HttpContent
    {
        private readonly byte[] _bytes;

        public CutOffContent(byte[] bytes, string type)
        {
            _bytes = bytes;
            Headers.ContentType = new MediaTypeHeaderValue(type);
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, Cancel);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(_bytes, cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
