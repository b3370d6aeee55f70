using System.Net;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Proxy;

/// <summary>Behind Debian's nginx that ends TLS, configured as docs/behind-nginx.md says.</summary>
public sealed class BehindNginxTests
{
    // nginx comes from 127.0.0.1, which is trusted; clients from another address of the loopback.
    private const string ClientAddress = "127.0.0.5";

    [Fact]
    public async Task Login_and_addresses_are_right_and_a_client_s_own_X_Forwarded_For_is_not_believed()
    {
        await using var nginx = new NginxProxy();
        await using var berth = await Start(nginx);
        using var client = new OciClient(nginx.Url, "root/hello", nginx.HandlerFrom(ClientAddress));
        using (var ping = await client.Send(HttpMethod.Get, "/v2/", with: request => request.Headers.Authorization = new("Bearer", "none")))
        {
            await OciClient.Expect(ping, HttpStatusCode.Unauthorized);
            Assert.Contains($"realm=\"{nginx.Url}/jwt/auth\"", ping.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }
        await client.SignInForToken();
        await client.PushImage("latest");
        using (var spoofed = await client.Send(HttpMethod.Get, "manifests/latest", with: request =>
        {
            request.Headers.Add("X-Forwarded-For", "203.0.113.9, 127.0.0.1");
            request.Headers.Add("X-Forwarded-Proto", "http");
        }))
            await OciClient.Expect(spoofed, HttpStatusCode.OK);
        // What does not come from the proxy has nothing to say about addresses at all.
        using var direct = new OciClient(berth.Url, "root/hello", nginx.HandlerFrom("127.0.0.6"));
        using (var pulled = await direct.Send(HttpMethod.Get, "manifests/latest", with: request => request.Headers.Add("X-Forwarded-For", "203.0.113.9")))
            await OciClient.Expect(pulled, HttpStatusCode.OK);
        Assert.Equal(0, await berth.Stop());

        Assert.Contains($"token for 'root' (pat:1) scopes [root/hello:pull,push] from {ClientAddress}", berth.Output, StringComparison.Ordinal);
        Assert.Matches($"pushed root/hello latest as .* from {ClientAddress}\n", berth.Output);
        Assert.Matches($"pulled root/hello latest as .* from {ClientAddress}\n", berth.Output);
        Assert.Matches("pulled root/hello latest as .* from 127.0.0.6\n", berth.Output);
        Assert.DoesNotContain("203.0.113.9", berth.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("from 127.0.0.1\n", berth.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Skopeo_logs_in_pushes_and_pulls_through_it()
    {
        await using var nginx = new NginxProxy();
        await using var berth = await Start(nginx);
        var scratch = Directory.CreateTempSubdirectory("berth-skopeo-");
        try
        {
            var certificates = scratch.CreateSubdirectory("certificates").FullName;
            File.Copy(nginx.Certificate, $"{certificates}/ca.crt");
            var image = $"docker://localhost:{nginx.Port}/root/hello:latest";
            using (var client = new OciClient(nginx.Url, "root/hello", nginx.HandlerFrom(ClientAddress)))
                await client.PushImage("latest", 100_000);
            string[] access = ["--authfile", $"{scratch.FullName}/auth.json", "--cert-dir", certificates];
            (await Command.Run("skopeo", ["login", .. access, "--username", "root", "--password-stdin", $"localhost:{nginx.Port}"], input: BerthProgram.RootPassword)).Succeeded();
            string[] copy = ["copy", "--authfile", $"{scratch.FullName}/auth.json"];
            (await Command.Run("skopeo", [.. copy, "--src-cert-dir", certificates, image, $"dir:{scratch.FullName}/image"])).Succeeded();
            (await Command.Run("skopeo", [.. copy, "--dest-cert-dir", certificates, $"dir:{scratch.FullName}/image", $"docker://localhost:{nginx.Port}/root/other:latest"])).Succeeded();
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Layer_of_2_GiB_is_pushed_and_pulled_without_being_held_anywhere()
    {
        await using var nginx = new NginxProxy();
        await using var berth = await Start(nginx);
        using var client = new OciClient(nginx.Url, "root/hello", nginx.HandlerFrom(ClientAddress));
        await client.SignInForToken();
        var layer = new GeneratedLayer(megabytes: 2048);
        using (var patched = await client.Send(HttpMethod.Patch, await client.StartUpload(), layer.AsBody()))
        {
            await OciClient.Expect(patched, HttpStatusCode.Accepted);
            Assert.Equal($"0-{layer.Length - 1}", patched.Headers.GetValues("Range").Single());
            using var finished = await client.Finish(OciClient.Location(patched), layer.Digest);
            await OciClient.Expect(finished, HttpStatusCode.Created);
        }
        await client.PullWhole($"blobs/{layer.Digest}", layer.Digest);
        Assert.Equal("", await nginx.Warnings());
        // 125 MB when this was written.
        Assert.InRange(await berth.PeakMemory(), 1, 256L * 1024 * 1024);
    }

    private static async Task<BerthProgram> Start(NginxProxy nginx)
    {
        var berth = await BerthProgram.Start(new Dictionary<string, string>
        {
            ["ExternalUrl"] = nginx.Url,
            ["TrustedProxies"] = "127.0.0.1",
        });
        await nginx.Start(berth.Port);
        return berth;
    }
}
