using Berth.Acceptance.Harness;
using Berth.Acceptance.Runner;

namespace Berth.Acceptance.Guide;

/// <summary>
/// What the guide takes for granted around one Berth: its users, runners (berth-runner, or gitlab-runner where there is one), and that
/// the engine trusts its registry. Berth serves over TLS by its own CA.
/// </summary>
internal sealed class GuideSite : IAsyncDisposable
{
    public const string Owner = "mynamespace";
    public const string Password = "password-of-mynamespace";

    private readonly List<CiProject> _projects = [];

    private GuideSite(Engine engine, BerthProgram berth, string registry) => (Engine, Berth, Registry) = (engine, berth, registry);

    public Engine Engine { get; }

    public BerthProgram Berth { get; }

    /// <summary>What its image names begin with.</summary>
    public string Registry { get; }

    /// <param name="surroundings">Have the images of the jobs, and the CA that these trust.</param>
    /// <param name="registryPort">A port of its own for the registry; zero leaves it where all else is.</param>
    /// <param name="silentRunnerTimeout">Ci__SilentRunnerTimeout; the default unless given.</param>
    public static async Task<GuideSite> Start(GuideSurroundings surroundings, int registryPort = 0, string silentRunnerTimeout = "")
    {
        var engine = surroundings.Machine;
        var settings = new Dictionary<string, string>
        {
            ["Tls"] = "self-signed",
            ["ExternalUrl"] = $"https://{engine.Address}:{{port}}",
            ["Urls"] = $"https://{engine.Address}:{{port}}",
            ["Ci__SilentRunnerTimeout"] = silentRunnerTimeout,
        };
        if (registryPort != 0)
        {
            settings["Urls"] += $";https://{engine.Address}:{registryPort}";
            settings["RegistryExternalUrl"] = $"https://{engine.Address}:{registryPort}";
        }
        var berth = await BerthProgram.Start(settings, surroundings.NewDataDirectory());
        var site = new GuideSite(engine, berth, registryPort == 0 ? berth.Registry : $"{engine.Address}:{registryPort}");
        await engine.Trust(site.Registry, berth.AuthorityPath);
        using var root = site.Root();
        await root.MakeUser(Owner, Password);
        return site;
    }

    public RestApi Root() => new(Berth, "root", BerthProgram.RootToken);

    public RestApi As(string username, string secret = Password) => new(Berth, username, secret);

    /// <summary>A project of <see cref="Owner"/> that the first push makes.</summary>
    public CiProject Project(string name)
    {
        var project = new CiProject(this, name);
        _projects.Add(project);
        return project;
    }

    /// <summary>Registers a runner of the whole instance and starts it.</summary>
    /// <param name="config">Makes config.toml from the address and the token.</param>
    public async Task<RunnerProgram> StartRunner(Func<string, string, string> config)
    {
        var runner = Runner();
        await runner.Run(config($"{Berth.Url}/", await MakeRunnerToken()));
        return runner;
    }

    /// <summary>A runner that has no config.toml yet.</summary>
    public RunnerProgram Runner()
    {
        var runner = new RunnerProgram(RunnerSoftware.OfGuide);
        runner.Environment["DOCKER_HOST"] = Engine.DockerHost;
        // Trusted as a public CA is: by the machine.
        runner.Environment["SSL_CERT_FILE"] = Berth.AuthorityPath;
        return runner;
    }

    /// <summary>Makes a runner of the whole instance; returns its token.</summary>
    public async Task<string> MakeRunnerToken()
    {
        using var root = Root();
        return (await root.Post("user/runners", new { runner_type = "instance_type", run_untagged = true })).GetProperty("token").GetString()!;
    }

    /// <summary>Removes every runner.</summary>
    public async Task RemoveRunners()
    {
        using var root = Root();
        foreach (var runner in (await root.Get("runners/all")).EnumerateArray())
            await root.Delete($"runners/{runner.GetProperty("id").GetInt64()}");
    }

    /// <summary>Makes a personal access token of the owner.</summary>
    public async Task<string> MakeAccessToken(params string[] scopes)
    {
        using var owner = As(Owner);
        return (await owner.MakeToken(scopes)).Secret;
    }

    /// <summary>What a job is answered that asks the API who it is.</summary>
    public async Task<int> StatusOfJob(string token)
    {
        using var client = RestApi.Client(Berth);
        client.DefaultRequestHeaders.Add("JOB-TOKEN", token);
        using var reply = await client.GetAsync("job", TestContext.Current.CancellationToken);
        return (int)reply.StatusCode;
    }

    /// <summary>Waits until an unfinished upload holds so many bytes.</summary>
    public async Task UploadHolds(long bytes)
    {
        var uploads = new DirectoryInfo(Path.Combine(Berth.DataDirectory, "uploads"));
        for (var attempt = 0; !uploads.EnumerateFiles("*", SearchOption.AllDirectories).Any(file => file.Length >= bytes); attempt++)
        {
            Assert.True(attempt < 6000, "no upload came within a minute");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var project in _projects)
            project.Dispose();
        await Berth.DisposeAsync();
        Directory.Delete(Berth.DataDirectory, recursive: true);
    }
}
