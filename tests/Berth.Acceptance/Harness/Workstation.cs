namespace Berth.Acceptance.Harness;

/// <summary>
/// Someone's home on the engine's machine: logins are kept in it alone. What docker has, and what podman and buildah have, is
/// shared by all homes.
/// </summary>
public sealed class Workstation : IDisposable
{
    private readonly Engine _engine;
    private readonly string[] _environment;

    public Workstation(Engine engine)
    {
        _engine = engine;
        Home = Directory.CreateTempSubdirectory("berth-home-").FullName;
        _environment =
        [
            $"HOME={Home}",
            // Debian's programs, before any others that the machine has.
            "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
            $"DOCKER_HOST={engine.DockerHost}",
            $"REGISTRY_AUTH_FILE={Home}/auth.json",
            $"TMPDIR={Home}",
        ];
        File.WriteAllText($"{Home}/auth.json", "{}");
    }

    public string Home { get; }

    /// <summary>Runs a line of shell, as typed by its user; <paramref name="input"/> is what it reads.</summary>
    public async Task<CommandResult> Run(string line, string input = "") =>
        await _engine.Script("engine.sh", ["run", "env", "-i", .. _environment, "sh", "-c", line], input) with { CommandLine = line };

    /// <summary>Lets podman, buildah and skopeo take plain HTTP from a registry, as one does in registries.conf.</summary>
    public async Task TakePlainHttpFrom(string registry) => (await Run(
        "cat >/etc/containers/registries.conf.d/plain-http.conf",
        $"[[registry]]\nlocation = \"{registry}\"\ninsecure = true\n")).Succeeded();

    public void Dispose() => Directory.Delete(Home, recursive: true);
}
