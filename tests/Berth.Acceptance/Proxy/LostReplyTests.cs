using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Proxy;

/// <summary>
/// Behind a proxy that loses replies every client pushes all its images by its own retries: what it sends again must be taken again.
/// TEST_DROP_IMAGES: how many each pushes; TEST_DROP_SEED: of the chance.
/// </summary>
public sealed partial class LostReplyTests(Engine engine)
{
    private static readonly int Images = Setting("TEST_DROP_IMAGES") ?? 15;

    private static readonly int Seed = Setting("TEST_DROP_SEED") ?? Random.Shared.Next();

    private static ParallelOptions Some => new() { MaxDegreeOfParallelism = 5, CancellationToken = TestContext.Current.CancellationToken };

    /// <summary>docker 20.10 tries each layer five times, and the config and the manifest once.</summary>
    [Fact]
    public async Task Docker_pushes_every_image()
    {
        var withLayers = new ConcurrentDictionary<string, bool>();
        var configs = new ConcurrentDictionary<string, bool>();
        await using var proxy = new ReplyDroppingProxy(Seed)
        {
            IsRetried = (_, path) =>
            {
                var (image, rest) = (path.Split("/blobs/")[0], path.Split("/blobs/")[^1]);
                // It asks for the config when all layers are there.
                if (configs.ContainsKey(rest))
                    withLayers[image] = true;
                return path.Contains("/blobs/", StringComparison.Ordinal) && !withLayers.ContainsKey(image);
            },
        };
        await PushAll(proxy, "docker login", (image, name) =>
        {
            configs[image.Config] = true;
            return $"docker load -q -i {image.Path} && docker push {name}; status=$?; docker rmi {name} >/dev/null; exit $status";
        });
    }

    /// <summary>podman 4.3 tries each push four times.</summary>
    [Fact]
    public async Task Podman_pushes_every_image()
    {
        await using var proxy = new ReplyDroppingProxy(Seed) { IsRetried = (_, _) => true };
        await PushAll(
            proxy, "podman login --tls-verify=false",
            (image, name) => $"podman load -q -i {image.Path} && podman push --tls-verify=false --digestfile {image.Path}.digest {name} && echo digest: $(cat {image.Path}.digest); status=$?; podman rmi {name} >/dev/null; exit $status");
    }

    [Fact]
    public async Task Skopeo_pushes_every_image()
    {
        await using var proxy = new ReplyDroppingProxy(Seed) { IsRetried = (_, _) => true };
        await PushAll(
            proxy, "skopeo login --tls-verify=false",
            (image, name) => $"skopeo copy --retry-times 4 --dest-tls-verify=false --digestfile {image.Path}.digest docker-archive:{image.Path} docker://{name} && echo digest: $(cat {image.Path}.digest)");
    }

    /// <summary>oras 1.3 tries a request six times if it got an answer, such as a proxy's own; the PUT of a blob, which it can't send from its start again, once.</summary>
    [Fact]
    public async Task Oras_pushes_every_artifact()
    {
        var oras = NewerClients.Find("forky", "oras");
        await using var proxy = new ReplyDroppingProxy(Seed)
        {
            IsRetried = (method, path) => method != "PUT" || path.Contains("/manifests/", StringComparison.Ordinal),
            Way = LostReply.BadGateway,
        };
        await PushAll(
            proxy, $"{oras} login --plain-http",
            (image, name) => $"cd $HOME && {oras} push --plain-http {name} {Path.GetFileName(image.Path)}:application/x-tar");
    }

    [Fact]
    public async Task Client_that_sends_each_request_again_as_it_was_pushes_every_image()
    {
        await using var proxy = new ReplyDroppingProxy(Seed) { IsRetried = (_, _) => true };
        await using var berth = await Start(proxy);
        var shared = await ArchivedImage.Layer(100_000);
        await Parallel.ForAsync(0, Images, Some, async (number, _) =>
        {
            using var client = new RepeatingClient($"http://{proxy.Registry}", Repository(number));
            var (config, manifest) = await client.PushImage(shared, from: Repository(number / 2));
            await Verify(berth, Repository(number), manifest, config);
        });
        await AssertOutcome(proxy, berth, "the same request again", []);
    }

    private async Task PushAll(ReplyDroppingProxy proxy, string login, Func<ArchivedImage, string, string> push)
    {
        await using var berth = await Start(proxy);
        using var workstation = new Workstation(engine);
        (await workstation.Run($"{login} -u root --password-stdin {proxy.Registry}", BerthProgram.RootToken)).Succeeded();
        var shared = await ArchivedImage.Layer(100_000);
        var failures = new ConcurrentQueue<string>();
        await Parallel.ForAsync(0, Images, Some, async (number, _) =>
        {
            var name = $"{proxy.Registry}/{Repository(number)}:1";
            var image = await ArchivedImage.Write($"{workstation.Home}/{number}.tar", name, shared);
            var pushed = await workstation.Run(push(image, name));
            if (pushed.ExitCode != 0)
                failures.Enqueue(pushed.Output);
            else
                await Verify(berth, Repository(number), PrintedDigest().Match(pushed.Output).Groups["digest"].Value, image.Config, image.Digest);
        });
        await AssertOutcome(proxy, berth, Path.GetFileName(login.Split(' ')[0]), failures);
    }

    private static async Task<BerthProgram> Start(ReplyDroppingProxy proxy)
    {
        TestContext.Current.TestOutputHelper!.WriteLine($"TEST_DROP_SEED={Seed}");
        var berth = await BerthProgram.Start(new Dictionary<string, string> { ["ExternalUrl"] = $"http://{proxy.Registry}" });
        await proxy.Start(berth.Url);
        return berth;
    }

    private static async Task AssertOutcome(ReplyDroppingProxy proxy, BerthProgram berth, string client, IReadOnlyCollection<string> failures)
    {
        var outcome = $"{client}: {Images} pushes, {proxy}, {failures.Count} failed";
        TestContext.Current.TestOutputHelper!.WriteLine(outcome);
        Assert.True(failures.Count == 0, $"{outcome}, TEST_DROP_SEED={Seed}:\n{string.Join('\n', failures)}");
        // Otherwise the proxy did not do its work.
        Assert.True(proxy.Lost.Values.Sum() >= Images / 3, outcome);
        Assert.Equal(0, await berth.Stop());
        Assert.Contains(" 0 problems", (await berth.Verb("fsck")).Succeeded(), StringComparison.Ordinal);
    }

    /// <summary>The tag leads to the manifest that the client said it pushed, that to its content, and every blob is whole.</summary>
    /// <param name="berth">Asked without the proxy.</param>
    /// <param name="repository">The image's.</param>
    /// <param name="digest">The manifest's.</param>
    /// <param name="content">Blobs of which the manifest must name one.</param>
    private static async Task Verify(BerthProgram berth, string repository, string digest, params string[] content)
    {
        using var client = new OciClient(berth.Url, repository);
        using var reply = await client.Send(HttpMethod.Get, "manifests/1", with: request => request.Headers.TryAddWithoutValidation("Accept", ["application/vnd.docker.distribution.manifest.v2+json", OciClient.OciManifest]));
        await OciClient.Expect(reply, HttpStatusCode.OK);
        Assert.Equal(digest, reply.Headers.GetValues("Docker-Content-Digest").Single());
        await client.PullWhole($"manifests/{digest}", digest);
        using var manifest = JsonDocument.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        string[] blobs = [.. manifest.RootElement.GetProperty("layers").EnumerateArray().Append(manifest.RootElement.GetProperty("config")).Select(blob => blob.GetProperty("digest").GetString()!)];
        Assert.Contains(blobs, content.Contains);
        foreach (var blob in blobs)
            await client.PullWhole($"blobs/{blob}", blob);
    }

    private static string Repository(int number) => $"root/drops/image{number}";

    private static int? Setting(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex("digest: (?<digest>sha256:[0-9a-f]{64})", RegexOptions.IgnoreCase)]
    private static partial Regex PrintedDigest();
}
