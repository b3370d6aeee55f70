using Berth.Acceptance.Harness;

[assembly: AssemblyFixture(typeof(Engine))]

namespace Berth.Acceptance.Harness;

/// <summary>
/// The Docker engine of tests/engine, one for the whole run, and podman, buildah and skopeo in the same namespaces. It ends with
/// this process, however that ends.
/// </summary>
public sealed class Engine : IAsyncLifetime
{
    /// <summary>What berth-runner takes for a helper image: sh and git.</summary>
    public const string HelperImage = "alpine/git:latest";

    /// <summary>What gitlab-runner takes for one: bash, git and its second program.</summary>
    public const string GitLabHelperImage = "gitlab-runner-helper:latest";

    private readonly string _directory = Directory.CreateTempSubdirectory("berth-engine-").FullName;
    private readonly Lazy<Task> _jobImages;

    public Engine() => _jobImages = new Lazy<Task>(async () => (await Script("job-images.sh", BusyboxArchive)).Succeeded());

    /// <summary>The address of this machine on the engine's bridge: unlike localhost, docker wants proof from who serves there.</summary>
    public string Address { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        (await Script("engine.sh", "start")).Succeeded();
        var environment = (await Script("engine.sh", "env")).Succeeded();
        Address = environment.Split("ENGINE_IP=")[1].Split(' ')[0];
        (await Script("base-image.sh", BusyboxArchive)).Succeeded();
        using var workstation = new Workstation(this);
        (await workstation.Run($"docker import --change 'CMD [\"sh\"]' {BusyboxArchive} busybox")).Succeeded();
        // By its full name: podman would look for a short one on Docker Hub.
        (await workstation.Run($"podman import --change CMD=sh {BusyboxArchive} docker.io/library/busybox")).Succeeded();
    }

    public async ValueTask DisposeAsync()
    {
        (await Script("engine.sh", "stop")).Succeeded();
        Assert.False(Directory.Exists(_directory), $"{_directory} is left behind");
    }

    /// <summary>Makes the images of CI jobs, once: the docker client's, Docker-in-Docker's, the helper's, and one with bash.</summary>
    public Task MakeJobImages() => _jobImages.Value;

    /// <summary>Makes <see cref="GitLabHelperImage"/>; after the images of CI jobs, of which it is made.</summary>
    /// <param name="program">The path of gitlab-runner-helper.</param>
    public async Task MakeGitLabHelperImage(string program) => (await Script("job-images.sh", BusyboxArchive, program)).Succeeded();

    /// <summary>Lets it ask a registry for the images of Docker Hub; an empty address ends that.</summary>
    public async Task UseMirror(string url) => (await Script("engine.sh", "mirror", url)).Succeeded();

    /// <summary>Lets it trust an authority for one registry.</summary>
    /// <param name="registry">Its host and port.</param>
    /// <param name="authority">The path of a PEM file.</param>
    public async Task Trust(string registry, string authority) => (await Script("engine.sh", "trust", registry, authority)).Succeeded();

    /// <summary>Runs the docker client of this machine against it, without any login.</summary>
    public Task<CommandResult> Docker(params string[] arguments) =>
        Command.Run("/usr/bin/docker", ["--host", DockerHost, "--config", Path.Combine(_directory, "no-login"), .. arguments]);

    /// <summary>Runs one of the scripts of tests/engine for this engine.</summary>
    public Task<CommandResult> Script(string name, IEnumerable<string> arguments, string input = "") =>
        Command.Run(Path.Combine(Checkout.Root, "tests/engine", name), arguments, new Dictionary<string, string?>
        {
            ["ENGINE_DIR"] = _directory,
            ["ENGINE_OWNER"] = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture),
        }, input);

    /// <summary>The engine's socket.</summary>
    public string DockerHost => $"unix://{_directory}/docker.sock";

    /// <summary>The socket of the containerd beneath it.</summary>
    public string ContainerdSocket => $"{_directory}/exec/containerd/containerd.sock";

    private string BusyboxArchive => Path.Combine(_directory, "busybox.tar");

    private Task<CommandResult> Script(string name, params string[] arguments) => Script(name, arguments.AsEnumerable());
}
