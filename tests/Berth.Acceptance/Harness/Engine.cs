using Berth.Acceptance.Harness;

[assembly: AssemblyFixture(typeof(Engine))]

namespace Berth.Acceptance.Harness;

/// <summary>
/// The Docker engine of tests/engine, one for the whole run, and podman, buildah and skopeo in the same namespaces. It ends with
/// this process, however that ends.
/// </summary>
public sealed class Engine : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("berth-engine-").FullName;

    /// <summary>The address of this machine on the engine's bridge: unlike localhost, docker wants proof from who serves there.</summary>
    public string Address { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        (await Script("engine.sh", "start")).Succeeded();
        var environment = (await Script("engine.sh", "env")).Succeeded();
        Address = environment.Split("ENGINE_IP=")[1].Split(' ')[0];
        var archive = Path.Combine(_directory, "busybox.tar");
        (await Script("base-image.sh", archive)).Succeeded();
        using var workstation = new Workstation(this);
        (await workstation.Run($"docker import --change 'CMD [\"sh\"]' {archive} busybox")).Succeeded();
        // By its full name: podman would look for a short one on Docker Hub.
        (await workstation.Run($"podman import --change CMD=sh {archive} docker.io/library/busybox")).Succeeded();
    }

    public async ValueTask DisposeAsync()
    {
        (await Script("engine.sh", "stop")).Succeeded();
        Assert.False(Directory.Exists(_directory), $"{_directory} is left behind");
    }

    /// <summary>Runs one of the scripts of tests/engine for this engine.</summary>
    public Task<CommandResult> Script(string name, IEnumerable<string> arguments, string input = "") =>
        Command.Run(Path.Combine(Checkout.Root, "tests/engine", name), arguments, new Dictionary<string, string?>
        {
            ["ENGINE_DIR"] = _directory,
            ["ENGINE_OWNER"] = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture),
        }, input);

    /// <summary>The engine's socket.</summary>
    public string DockerHost => $"unix://{_directory}/docker.sock";

    private Task<CommandResult> Script(string name, params string[] arguments) => Script(name, arguments.AsEnumerable());
}
