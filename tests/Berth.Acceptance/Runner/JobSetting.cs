using System.Text.Json.Nodes;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Runner;

/// <summary>A coordinator and a runner that serves it, for one test.</summary>
public sealed class JobSetting : IAsyncDisposable
{
    private JobSetting(Engine engine, StandInCoordinator coordinator) => (Engine, Coordinator) = (engine, coordinator);

    public Engine Engine { get; }

    public StandInCoordinator Coordinator { get; }

    public RunnerProgram Runner { get; } = new();

    /// <summary>Starts both.</summary>
    /// <param name="docker">Lines for <c>[runners.docker]</c>.</param>
    /// <param name="globals">Lines for the top of config.toml.</param>
    /// <param name="runner">Lines for <c>[[runners]]</c>.</param>
    public static async Task<JobSetting> Start(string docker = "", string globals = "concurrent = 1", string runner = "")
    {
        Assert.True(File.Exists(RunnerSoftware.Berth.Path), $"{RunnerSoftware.Berth.Path} is missing: run ./test, or dotnet publish src/Berth.Runner -c Release -o artifacts/berth-runner");
        var engine = await TestContext.Current.GetFixture<Engine>() ?? throw new InvalidOperationException("There is no engine.");
        await engine.MakeJobImages();
        var setting = new JobSetting(engine, await StandInCoordinator.Start(engine.Address));
        await setting.Runner.Run(setting.Config(docker, globals, runner));
        return setting;
    }

    public string Config(string docker = "", string globals = "concurrent = 1", string runner = "") => $"""
        {globals}
        check_interval = 1
        [[runners]]
          name = "tests"
          url = "{Coordinator.Url}/"
          token = "{Coordinator.RunnerToken}"
          executor = "docker"
          {runner}
          [runners.docker]
            host = "{Engine.DockerHost}"
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
