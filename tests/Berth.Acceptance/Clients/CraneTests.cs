using System.Text.Json;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Clients;

/// <summary>crane makes and changes images in the registry, without an engine.</summary>
public sealed class CraneTests(Engine engine)
{
    [Fact]
    public async Task Crane_appends_mutates_and_copies_and_every_image_validates()
    {
        await using var berth = await BerthProgram.Start();
        using var workstation = new Workstation(engine);
        var crane = await LogIn(workstation, berth);
        var (app, copy) = ($"{berth.Registry}/root/tools/app", $"{berth.Registry}/root/elsewhere/app");
        var (one, two) = (await Layer(workstation, "one"), await Layer(workstation, "two"));

        await Run(workstation, $"{crane} append --new_layer {one} --new_tag {app}:base");
        await Run(workstation, $"{crane} append --base {app}:base --new_layer {two} --new_tag {app}:two");
        await Run(workstation, $"{crane} mutate {app}:two --label from=acceptance --env COLOUR=blue --tag {app}:changed");
        using (var config = JsonDocument.Parse(await Run(workstation, $"{crane} config {app}:changed")))
        {
            Assert.Equal("acceptance", config.RootElement.GetProperty("config").GetProperty("Labels").GetProperty("from").GetString());
            Assert.Equal(2, config.RootElement.GetProperty("rootfs").GetProperty("diff_ids").GetArrayLength());
        }
        Assert.Equal("one\n", await Run(workstation, $"{crane} export {app}:changed - | tar -xO one"));

        // Blobs of the same server are mounted from the one repository into the other.
        Assert.Contains("mounted blob: sha256:", await Run(workstation, $"{crane} copy {app}:changed {copy}:changed"), StringComparison.Ordinal);
        var digest = await Run(workstation, $"{crane} digest {app}:changed");
        Assert.Matches("^sha256:[0-9a-f]{64}\n$", digest);
        Assert.Equal(digest, await Run(workstation, $"{crane} digest {copy}:changed"));
        Assert.StartsWith(digest["sha256:".Length..].Trim(), await Run(workstation, $"{crane} manifest {copy}:changed | sha256sum"), StringComparison.Ordinal);
        foreach (var image in new[] { $"{app}:base", $"{app}:two", $"{copy}:changed" })
            Assert.Contains($"PASS: {image}", await Run(workstation, $"{crane} validate --remote {image}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Crane_lists_copies_all_tags_and_deletes()
    {
        await using var berth = await BerthProgram.Start();
        using var workstation = new Workstation(engine);
        var crane = await LogIn(workstation, berth);
        var (app, copy) = ($"{berth.Registry}/root/tools/app", $"{berth.Registry}/root/elsewhere/app");
        await Run(workstation, $"{crane} append --new_layer {await Layer(workstation, "one")} --new_tag {app}:1");
        await Run(workstation, $"{crane} append --new_layer {await Layer(workstation, "two")} --new_tag {app}:2");
        await Run(workstation, $"{crane} tag {app}:2 latest");
        await Run(workstation, $"{crane} copy --all-tags {app} {copy}");

        Assert.Equal("root/elsewhere/app\nroot/tools/app\n", await Run(workstation, $"{crane} catalog {berth.Registry}"));
        Assert.Equal("1\n2\nlatest\n", await Run(workstation, $"{crane} ls {copy}"));
        (await workstation.Run($"{crane} copy --no-clobber {app}:1 {copy}:2")).FailedWith("refusing to clobber existing tag");

        // A tag goes alone; a manifest takes its tags with it.
        await Run(workstation, $"{crane} delete {copy}:2");
        Assert.Equal("1\nlatest\n", await Run(workstation, $"{crane} ls {copy}"));
        await Run(workstation, $"{crane} delete {copy}@$({crane} digest {copy}:latest)");
        Assert.Equal("1\n", await Run(workstation, $"{crane} ls {copy}"));
        (await workstation.Run($"{crane} digest {copy}:latest")).FailedWith("MANIFEST_UNKNOWN: no manifest 'latest' in 'root/elsewhere/app'");
        Assert.Contains($"PASS: {app}:latest", await Run(workstation, $"{crane} validate --remote {app}:latest"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Crane_makes_an_index_that_validates_and_answers_by_platform()
    {
        await using var berth = await BerthProgram.Start();
        using var workstation = new Workstation(engine);
        var crane = await LogIn(workstation, berth);
        var app = $"{berth.Registry}/root/tools/app";
        foreach (var architecture in new[] { "amd64", "arm64" })
        {
            await Run(workstation, $"{crane} append --oci-empty-base --new_layer {await Layer(workstation, architecture)} --new_tag {app}:{architecture}");
            await Run(workstation, $"{crane} mutate {app}:{architecture} --set-platform linux/{architecture} --tag {app}:{architecture}");
        }
        await Run(workstation, $"{crane} index append --manifest {app}:amd64 --manifest {app}:arm64 --tag {app}:1");
        Assert.Contains($"PASS: {app}:1", await Run(workstation, $"{crane} validate --remote {app}:1"), StringComparison.Ordinal);
        foreach (var architecture in new[] { "amd64", "arm64" })
        {
            Assert.Equal(await Run(workstation, $"{crane} digest {app}:{architecture}"), await Run(workstation, $"{crane} digest --platform linux/{architecture} {app}:1"));
            Assert.Equal($"{architecture}\n", await Run(workstation, $"{crane} export --platform linux/{architecture} {app}:1 - | tar -xO {architecture}"));
        }
    }

    private static async Task<string> LogIn(Workstation workstation, BerthProgram berth)
    {
        var crane = NewerClients.Find("forky", "crane");
        (await workstation.Run($"{crane} auth login -u root --password-stdin {berth.Registry}", BerthProgram.RootToken)).Succeeded();
        return crane;
    }

    private static async Task<string> Run(Workstation workstation, string line) => (await workstation.Run($"cd {workstation.Home} && {line}")).Succeeded();

    /// <summary>Packs a file whose content is its name.</summary>
    private static async Task<string> Layer(Workstation workstation, string name)
    {
        await Run(workstation, $"echo {name} >{name} && tar -cf {name}.tar {name}");
        return $"{workstation.Home}/{name}.tar";
    }
}
