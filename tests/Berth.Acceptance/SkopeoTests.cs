using System.Text.Json;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance;

/// <summary>skopeo from one registry name to another and into files, as mirrors and release jobs use it.</summary>
public sealed class SkopeoTests(Engine engine)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Skopeo_copies_inspects_lists_and_deletes(bool tls)
    {
        await using var berth = tls ? await BerthProgram.StartSelfSigned(engine.Address) : await BerthProgram.Start();
        using var workstation = new Workstation(engine);
        if (tls)
            await Trust(workstation, berth);
        var image = $"docker://{berth.Registry}/root/mirror/app";
        var plain = tls ? "" : "--tls-verify=false";
        await Login(workstation, berth, plain);
        var built = await Build(workstation);
        (await workstation.Run($"skopeo copy {(tls ? "" : "--dest-tls-verify=false")} docker-archive:{built} {image}:1")).Succeeded();
        (await workstation.Run($"skopeo copy {(tls ? "" : "--src-tls-verify=false --dest-tls-verify=false")} {image}:1 {image}:2")).Succeeded();

        using var first = JsonDocument.Parse((await workstation.Run($"skopeo inspect {plain} {image}:1")).Succeeded());
        using var second = JsonDocument.Parse((await workstation.Run($"skopeo inspect {plain} {image}:2")).Succeeded());
        var digest = first.RootElement.GetProperty("Digest").GetString()!;
        Assert.Equal(digest, second.RootElement.GetProperty("Digest").GetString());
        Assert.Equal(["1", "2"], await Tags(workstation, plain, image));

        (await workstation.Run($"skopeo copy {(tls ? "" : "--src-tls-verify=false")} {image}@{digest} dir:{workstation.Home}/copy")).Succeeded();
        Assert.Contains(digest["sha256:".Length..], (await workstation.Run($"sha256sum {workstation.Home}/copy/manifest.json")).Succeeded(), StringComparison.Ordinal);
        foreach (var layer in first.RootElement.GetProperty("Layers").EnumerateArray())
        {
            var hex = layer.GetString()!["sha256:".Length..];
            Assert.StartsWith(hex, (await workstation.Run($"sha256sum {workstation.Home}/copy/{hex}")).Succeeded(), StringComparison.Ordinal);
        }

        // skopeo deletes the manifest that a tag names, and with it every tag of that manifest.
        (await workstation.Run($"skopeo delete {plain} {image}:1")).Succeeded();
        (await workstation.Run($"skopeo inspect {plain} {image}:2")).FailedWith("manifest unknown", "no manifest '2' in 'root/mirror/app'");
        Assert.Empty(await Tags(workstation, plain, image));
    }

    [Fact]
    public async Task Without_trust_skopeo_fails_at_the_certificate()
    {
        await using var berth = await BerthProgram.StartSelfSigned(engine.Address);
        using var workstation = new Workstation(engine);
        (await workstation.Run($"skopeo inspect docker://{berth.Registry}/root/hello")).FailedWith("x509", "unknown authority");
    }

    private static async Task Trust(Workstation workstation, BerthProgram berth)
    {
        foreach (var line in PrintedLines.ToTrust(berth.Output, "podman, buildah, skopeo:"))
            (await workstation.Run(line.Replace("sudo ", "", StringComparison.Ordinal))).Succeeded();
    }

    private static async Task Login(Workstation workstation, BerthProgram berth, string plain) =>
        (await workstation.Run($"skopeo login {plain} -u root --password-stdin {berth.Registry}", BerthProgram.RootToken)).Succeeded();

    private static async Task<string> Build(Workstation workstation)
    {
        var image = await HelloImage.LayOut(workstation);
        var archive = Path.Combine(workstation.Home, "hello.tar");
        (await workstation.Run($"docker build -t localhost/for-skopeo {image.Context} && docker save -o {archive} localhost/for-skopeo && docker rmi localhost/for-skopeo")).Succeeded();
        return archive;
    }

    private static async Task<string?[]> Tags(Workstation workstation, string plain, string image)
    {
        using var list = JsonDocument.Parse((await workstation.Run($"skopeo list-tags {plain} {image}")).Succeeded());
        return [.. list.RootElement.GetProperty("Tags").EnumerateArray().Select(tag => tag.GetString())];
    }
}
