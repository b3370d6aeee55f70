using System.Text.Json.Nodes;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Runner;

/// <summary>A coordinator and a runner that serves it, for one test.</summary>
public sealed class JobSetting : IAsyncDisposable
{
    private readonly string _dockerHost;

    private JobSetting(Engine engine, StandInCoordinator coordinator, string dockerHost) =>
        (Engine, Coordinator, _dockerHost) = (engine, coordinator, dockerHost);

    public Engine Engine { get; }

    public StandInCoordinator Coordinator { get; }

    public RunnerProgram Runner { get; } = new();

    /// <summary>Starts both.</summary>
    /// <param name="docker">Lines for <c>[runners.docker]</c>.</param>
    /// <param name="globals">Lines for the top of config.toml.</param>
    /// <param name="runner">Lines for <c>[[runners]]</c>.</param>
    /// <param name="through">Where the runner reaches the engine, if not directly.</param>
    /// <param name="inBackground">As <see cref="RunnerProgram.InBackground"/> says.</param>
    public static async Task<JobSetting> Start(string docker = "", string globals = "concurrent = 1", string runner = "", bool inBackground = false, EngineDoor? through = null)
    {
        Assert.True(File.Exists(RunnerSoftware.Berth.Path), $"{RunnerSoftware.Berth.Path} is missing: run ./test, or dotnet publish src/Berth.Runner -c Release -o artifacts/berth-runner");
        var engine = await TestContext.Current.GetFixture<Engine>() ?? throw new InvalidOperationException("There is no engine.");
        await engine.MakeJobImages();
        through?.Open(engine.DockerHost);
        var setting = new JobSetting(engine, await StandInCoordinator.Start(engine.Address), through?.DockerHost ?? engine.DockerHost);
        setting.Runner.InBackground = inBackground;
        await setting.Runner.Run(setting.Config(docker, globals, runner));
        return setting;
    }

    public string Config(string docker = "", string globals = "concurrent = 1", string runner = "") => $"""
        {globals}
        {(globals.Contains("check_interval", StringComparison.Ordinal) ? "" : "check_interval = 1")}
        [[runners]]
          name = "tests"
          url = "{Coordinator.Url}/"
          token = "{Coordinator.RunnerToken}"
          executor = "docker"
          {runner}
          [runners.docker]
            host = "{_dockerHost}"
            image = "busybox:latest"
            helper_image = "{Harness.Engine.HelperImage}"
            {(docker.Contains("pull_policy", StringComparison.Ordinal) ? "" : "pull_policy = \"if-not-present\"")}
            {docker}

        """;

    /// <summary>Runs a job to its end.</summary>
    public Task<StandInJob> Run(JsonObject payload) => Coordinator.Add((_, _) => payload).Ended();

    public async ValueTask DisposeAsync()
    {
        await Runner.DisposeAsync();
        await Coordinator.DisposeAsync();
    }
}
