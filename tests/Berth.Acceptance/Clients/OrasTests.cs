using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Clients;

/// <summary>oras 1.2 (trixie) and 1.3 (forky) with what is no image: files with types of their own, and what refers to them.</summary>
public sealed partial class OrasTests(Engine engine)
{
    [Theory]
    [InlineData("trixie")]
    [InlineData("forky")]
    public async Task Oras_pushes_attaches_discovers_and_pulls(string release)
    {
        await using var berth = await BerthProgram.Start();
        using var workstation = new Workstation(engine);
        var oras = await LogIn(release, workstation, berth);
        var artifact = $"{berth.Registry}/root/reports/art";
        var secret = await WriteRandom(workstation, "report.txt");
        await File.WriteAllTextAsync($"{workstation.Home}/config.json", """{"kind":"report"}""", TestContext.Current.CancellationToken);

        var pushed = Digest(await Run(workstation, $"{oras} push {artifact}:1 --artifact-type application/vnd.example.report --config config.json:application/vnd.example.config+json report.txt:text/plain"));
        Assert.Equal(pushed, Fetched(await Run(workstation, $"{oras} manifest fetch --descriptor {artifact}:1")));
        var bill = Digest(await Run(workstation, $"{oras} attach --artifact-type example/sbom --annotation made.by=ada {artifact}:1 config.json"));
        var signature = Digest(await Run(workstation, $"{oras} attach --artifact-type example/signature {artifact}@{bill} report.txt"));

        AssertTree(await Run(workstation, $"{oras} discover {artifact}:1"), pushed, ("example/sbom", bill), ("example/signature", signature));
        var referrer = Assert.Single(Referrers(await Run(workstation, $"{oras} discover --format json --artifact-type example/sbom {artifact}:1")));
        Assert.Equal(bill, referrer.GetProperty("digest").GetString());
        Assert.Equal("example/sbom", referrer.GetProperty("artifactType").GetString());
        Assert.Equal("ada", referrer.GetProperty("annotations").GetProperty("made.by").GetString());
        Assert.Empty(Referrers(await Run(workstation, $"{oras} discover --format json --artifact-type example/none {artifact}:1")));
        // Where the server knows no referrers, oras keeps them under a tag of its own.
        Assert.Equal("1\n", await Run(workstation, $"{oras} repo tags {artifact}"));

        await Run(workstation, $"{oras} pull -o out {artifact}:1");
        Assert.Equal(secret, await File.ReadAllTextAsync($"{workstation.Home}/out/report.txt", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("trixie")]
    [InlineData("forky")]
    public async Task Oras_copies_an_artifact_with_all_that_refers_to_it_and_deletes_it(string release)
    {
        await using var berth = await BerthProgram.Start();
        using var workstation = new Workstation(engine);
        var oras = await LogIn(release, workstation, berth);
        var (from, to) = ($"{berth.Registry}/root/reports/art", $"{berth.Registry}/root/mirror/art");
        await WriteRandom(workstation, "report.txt");
        var pushed = Digest(await Run(workstation, $"{oras} push {from}:1 report.txt"));
        var bill = Digest(await Run(workstation, $"{oras} attach --artifact-type example/sbom {from}:1 report.txt"));
        var signature = Digest(await Run(workstation, $"{oras} attach --artifact-type example/signature {from}@{bill} report.txt"));

        Assert.Equal(pushed, Digest(await Run(workstation, $"{oras} copy --recursive {from}:1 {to}:1")));
        AssertTree(await Run(workstation, $"{oras} discover {to}:1"), pushed, ("example/sbom", bill), ("example/signature", signature));
        Assert.Equal(["root/mirror/art", "root/reports/art"], (await Run(workstation, $"{oras} repo ls {berth.Registry}")).Split('\n', StringSplitOptions.RemoveEmptyEntries));

        await Run(workstation, $"{oras} manifest delete --force {to}:1");
        (await workstation.Run($"{oras} discover {to}:1")).FailedWith("not found");
        AssertTree(await Run(workstation, $"{oras} discover {from}:1"), pushed, ("example/sbom", bill));
    }

    /// <summary>helm itself is in no Debian; it pushes by oras's library, in this form.</summary>
    [Fact]
    public async Task Chart_in_the_form_in_which_helm_pushes_comes_back_whole()
    {
        await using var berth = await BerthProgram.Start();
        using var workstation = new Workstation(engine);
        var oras = await LogIn("forky", workstation, berth);
        var chart = $"{berth.Registry}/root/charts/hello:0.1.0";
        await File.WriteAllTextAsync($"{workstation.Home}/config.json", """{"name":"hello","version":"0.1.0","apiVersion":"v2"}""", TestContext.Current.CancellationToken);
        var packed = await WriteRandom(workstation, "hello-0.1.0.tgz");
        await Run(workstation, $"{oras} push {chart} --config config.json:application/vnd.cncf.helm.config.v1+json hello-0.1.0.tgz:application/vnd.cncf.helm.chart.content.v1.tar+gzip");

        using var manifest = JsonDocument.Parse(await Run(workstation, $"{oras} manifest fetch {chart}"));
        Assert.Equal("application/vnd.cncf.helm.config.v1+json", manifest.RootElement.GetProperty("config").GetProperty("mediaType").GetString());
        Assert.Contains("\"version\":\"0.1.0\"", await Run(workstation, $"{oras} manifest fetch-config {chart}"), StringComparison.Ordinal);
        await Run(workstation, $"{oras} pull -o out {chart}");
        Assert.Equal(packed, await File.ReadAllTextAsync($"{workstation.Home}/out/hello-0.1.0.tgz", TestContext.Current.CancellationToken));
    }

    private static async Task<string> LogIn(string release, Workstation workstation, BerthProgram berth)
    {
        var oras = NewerClients.Find(release, "oras");
        var said = (await workstation.Run($"{oras} login -u root --password-stdin {berth.Registry}", BerthProgram.RootToken)).Succeeded();
        Assert.Contains("Login Succeeded", said, StringComparison.Ordinal);
        return oras;
    }

    /// <summary>Runs a line in the home: oras takes no absolute paths.</summary>
    private static async Task<string> Run(Workstation workstation, string line) => (await workstation.Run($"cd {workstation.Home} && {line}")).Succeeded();

    private static async Task<string> WriteRandom(Workstation workstation, string file)
    {
        var text = RandomNumberGenerator.GetHexString(100_000);
        await File.WriteAllTextAsync(Path.Combine(workstation.Home, file), text);
        return text;
    }

    /// <summary>The digest that push, attach and copy print at their end.</summary>
    private static string Digest(string output) => DigestLine().Match(output).Groups[1].Value;

    private static string? Fetched(string descriptor)
    {
        using var json = JsonDocument.Parse(descriptor);
        return json.RootElement.GetProperty("digest").GetString();
    }

    /// <summary>Each name of a type stands above the digests of that type, and the subject above all.</summary>
    private static void AssertTree(string tree, string subject, params (string Type, string Digest)[] below)
    {
        var lines = tree.Split('\n');
        Assert.EndsWith($"@{subject}", lines[0], StringComparison.Ordinal);
        foreach (var (type, digest) in below)
        {
            var at = Array.FindIndex(lines, line => line.EndsWith($"── {type}", StringComparison.Ordinal));
            Assert.True(at > 0, tree);
            Assert.EndsWith(digest, lines[at + 1], StringComparison.Ordinal);
        }
    }

    /// <summary>The list has another name from 1.3 on.</summary>
    private static List<JsonElement> Referrers(string json)
    {
        var root = JsonElement.Parse(json);
        var list = root.TryGetProperty("manifests", out var manifests) ? manifests : root.GetProperty("referrers");
        return list.ValueKind == JsonValueKind.Null ? [] : [.. list.EnumerateArray()];
    }

    [GeneratedRegex("^Digest: (sha256:[0-9a-f]{64})$", RegexOptions.Multiline)]
    private static partial Regex DigestLine();
}
