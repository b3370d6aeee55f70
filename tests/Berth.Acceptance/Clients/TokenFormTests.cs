using System.Globalization;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Clients;

/// <summary>containerd and BuildKit, which ask /jwt/auth by POST of a form; which method it was is read from Berth's metrics.</summary>
public sealed class TokenFormTests(Engine engine)
{
    [Fact]
    public async Task Containerd_pulls_and_pushes_with_tokens_that_it_asks_for_by_POST()
    {
        await using var berth = await BerthProgram.Start();
        using var workstation = new Workstation(engine);
        using var client = new OciClient(berth.Url, "root/pods/app");
        var (_, digest) = await client.PushImage("1");
        var ctr = $"ctr --address {engine.ContainerdSocket} --namespace berth-acceptance";
        var user = $"--plain-http --user root:{BerthProgram.RootToken}";
        var (image, copy) = ($"{berth.Registry}/root/pods/app:1", $"{berth.Registry}/root/pods/copy:1");

        (await workstation.Run($"{ctr} content fetch {user} {image}")).Succeeded();
        Assert.Contains(digest, (await workstation.Run($"{ctr} images ls")).Succeeded(), StringComparison.Ordinal);
        (await workstation.Run($"{ctr} images tag {image} {copy} && {ctr} images push {user} {copy}")).Succeeded();
        using (var copied = new OciClient(berth.Url, "root/pods/copy"))
            await copied.PullWhole("manifests/1", digest);
        await Asked(berth, "POST", 200, atLeast: 2);
        Assert.Equal(0, await TokensAsked(berth, "GET", 200));

        (await workstation.Run($"{ctr} images rm --sync {image} {copy}")).Succeeded();
        (await workstation.Run($"{ctr} content fetch --plain-http --user root:wrong {image}")).FailedWith("401 Unauthorized");
    }

    /// <summary>BuildKit asks by GET, and once that is refused with 401 by POST, whose answer is what it prints.</summary>
    [Fact]
    public async Task BuildKit_builds_from_a_private_image_and_when_refused_asks_again_by_POST()
    {
        await using var berth = await BerthProgram.Start();
        using var workstation = new Workstation(engine);
        using var root = new RestApi(berth, "root", BerthProgram.RootToken);
        var (id, secret) = await root.MakeToken("read_registry", "write_registry");
        var image = $"{berth.Registry}/root/builds/base:1";
        (await workstation.Run($"docker login -u root --password-stdin {berth.Registry}", secret)).Succeeded();
        (await workstation.Run($"docker tag busybox {image} && docker push {image} && docker rmi {image}")).Succeeded();
        var context = Directory.CreateDirectory($"{workstation.Home}/context").FullName;
        await File.WriteAllTextAsync($"{context}/Dockerfile", $"FROM {image}\nCOPY Dockerfile /Dockerfile\n", TestContext.Current.CancellationToken);
        var build = $"DOCKER_BUILDKIT=1 docker build --no-cache --pull --progress plain --tag localhost/by-buildkit {context}";

        Assert.Contains("[auth] root/builds/base:pull token for", (await workstation.Run(build)).Succeeded(), StringComparison.Ordinal);
        Assert.Equal(0, await TokensAsked(berth, "POST", 401));
        (await workstation.Run("docker rmi localhost/by-buildkit")).Succeeded();
        await root.RevokeToken(id);
        (await workstation.Run(build)).FailedWith("401 Unauthorized");
        await Asked(berth, "POST", 401, atLeast: 1);
    }

    /// <summary>Waits for the count: the exporter gives the same answer for 300 ms, and a request is counted only when it has ended.</summary>
    private static async Task Asked(BerthProgram berth, string method, int status, long atLeast)
    {
        for (var attempt = 0; await TokensAsked(berth, method, status) < atLeast; attempt++)
        {
            Assert.True(attempt < 50, $"/jwt/auth was not asked {atLeast} times by {method} with {status}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>How many requests to /jwt/auth by this method were answered with this status.</summary>
    private static async Task<long> TokensAsked(BerthProgram berth, string method, int status)
    {
        using var client = new HttpClient();
        var metrics = await client.GetStringAsync($"{berth.Url}/-/metrics", TestContext.Current.CancellationToken);
        var line = metrics.Split('\n').SingleOrDefault(line => line.StartsWith("http_server_request_duration_seconds_count{", StringComparison.Ordinal)
            && line.Contains("http_route=\"/jwt/auth\"", StringComparison.Ordinal)
            && line.Contains($"http_request_method=\"{method}\"", StringComparison.Ordinal)
            && line.Contains($"http_response_status_code=\"{status}\"", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture);
    }
}
