using Berth.Acceptance.Harness;

namespace Berth.Acceptance;

/// <summary>From an empty folder to a first image, by the lines that Berth prints.</summary>
public sealed class FirstImageTests(Engine engine)
{
    private const string InitialPasswordFile = "initial_root_password";

    /// <summary>A first start as anyone's: root's password is random.</summary>
    private static readonly Dictionary<string, string> NothingSet = new() { ["InitialRootPassword"] = "", ["InitialRootToken"] = "" };

    [Fact]
    public async Task The_first_command_of_the_README_runs_in_a_fresh_copy_and_the_lines_it_prints_work_with_docker()
    {
        var readme = await File.ReadAllLinesAsync(Path.Combine(Checkout.Root, "README.md"), TestContext.Current.CancellationToken);
        var command = readme.First(line => line.StartsWith("    ", StringComparison.Ordinal)).Trim();
        Assert.Equal("dotnet run -c Release --project src/Berth.Server", command);
        using var workstation = new Workstation(engine);
        var copy = await Checkout.Copy(workstation.Home);
        await using var berth = await BerthProgram.StartFromSource(copy, command);
        await PushPullAndRun("docker", workstation, berth);
    }

    [Theory]
    [InlineData("docker")]
    [InlineData("podman")]
    [InlineData("buildah")]
    public async Task The_lines_that_the_first_start_prints_work_over_plain_HTTP(string client)
    {
        await using var berth = await BerthProgram.Start(NothingSet);
        using var workstation = new Workstation(engine);
        if (client != "docker")
            await workstation.TakePlainHttpFrom(berth.Registry);
        await PushPullAndRun(client, workstation, berth);
    }

    [Theory]
    [InlineData("docker", "docker (")]
    [InlineData("podman", "podman, buildah, skopeo:")]
    [InlineData("buildah", "podman, buildah, skopeo:")]
    public async Task With_a_self_signed_certificate_they_work_once_the_printed_lines_made_the_client_trust_it(string client, string heading)
    {
        await using var berth = await BerthProgram.StartSelfSigned(engine.Address, NothingSet);
        using var workstation = new Workstation(engine);
        (await Login(client, workstation, berth)).FailedWith("x509");
        foreach (var line in PrintedLines.ToTrust(berth.Output, heading))
            (await workstation.Run(line.Replace("sudo ", "", StringComparison.Ordinal))).Succeeded();
        await PushPullAndRun(client, workstation, berth);
    }

    [Fact]
    public async Task The_printed_fingerprint_is_that_of_the_CA_which_the_printed_lines_fetch()
    {
        await using var berth = await BerthProgram.StartSelfSigned(engine.Address);
        using var workstation = new Workstation(engine);
        foreach (var line in PrintedLines.ToTrust(berth.Output, "docker ("))
            (await workstation.Run(line.Replace("sudo ", "", StringComparison.Ordinal))).Succeeded();
        var shown = (await workstation.Run($"cd /etc/docker/certs.d/{berth.Registry} && openssl x509 -in ca.crt -noout -fingerprint -sha256")).Succeeded();
        Assert.Contains(shown.Split('=')[1].Trim(), berth.Output, StringComparison.Ordinal);
    }

    private static async Task<CommandResult> Login(string client, Workstation workstation, BerthProgram berth)
    {
        var login = PrintedLines.ToTry(berth.Output)[0].Replace("docker ", $"{client} ", StringComparison.Ordinal);
        Assert.Equal($"{client} login {berth.Registry} -u root", login);
        var password = await File.ReadAllTextAsync(Path.Combine(berth.DataDirectory, InitialPasswordFile), TestContext.Current.CancellationToken);
        // buildah wants its options first.
        return await workstation.Run(client == "buildah" ? $"buildah login -u root --password-stdin {berth.Registry}" : $"{login} --password-stdin", password.Trim());
    }

    /// <summary>Types the printed lines; then the image goes from this machine, and comes back from the registry.</summary>
    private static async Task PushPullAndRun(string client, Workstation workstation, BerthProgram berth)
    {
        var image = await HelloImage.LayOut(workstation);
        var built = $"localhost/built-by-{client}";
        var pushed = $"{berth.Registry}/root/hello";
        (await Login(client, workstation, berth)).Succeeded();
        (await workstation.Run($"{client} build --tag {built} {image.Context}")).Succeeded();
        foreach (var line in PrintedLines.ToTry(berth.Output)[1..])
        {
            var typed = line.Replace("docker ", $"{client} ", StringComparison.Ordinal).Replace("IMAGE", built, StringComparison.Ordinal);
            Assert.EndsWith(pushed, typed, StringComparison.Ordinal);
            (await workstation.Run(typed)).Succeeded();
        }
        (await workstation.Run($"{client} rmi {built} {pushed}")).Succeeded();
        (await workstation.Run($"{client} inspect {pushed}")).FailedWith();
        (await workstation.Run($"{client} pull {pushed}")).Succeeded();
        Assert.Equal(image.Sums, (await Start(client, workstation, pushed)).Succeeded());
        (await workstation.Run($"{client} rmi {pushed}")).Succeeded();
    }

    /// <summary>Runs a container to its end. buildah runs commands in containers, but not the one that an image names.</summary>
    private static Task<CommandResult> Start(string client, Workstation workstation, string image) => workstation.Run(client == "buildah"
        ? $"container=$(buildah from {image}) && buildah run $container cat /sums && buildah rm $container >/dev/null"
        : $"{client} run --rm {image}");
}
