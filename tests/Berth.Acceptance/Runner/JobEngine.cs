using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Runner;

/// <summary>
/// The Docker engine that jobs run on: its address and what stands on it. It needs the images busybox, docker:20.10.16,
/// docker:20.10.16-dind and one with git.
/// </summary>
public sealed class JobEngine
{
    /// <summary>The engine's address, as <c>host</c> in config.toml takes it.</summary>
    public string Host { get; } = Required("TEST_ENGINE_HOST");

    /// <summary>Where containers reach this machine.</summary>
    public string Address { get; } = Required("TEST_ENGINE_ADDRESS");

    public string HelperImage { get; } = Required("TEST_ENGINE_HELPER_IMAGE");

    /// <summary>Whether the environment names an engine; the tests are skipped without one.</summary>
    public static bool IsThere => Environment.GetEnvironmentVariable("TEST_ENGINE_HOST") is { Length: > 0 };

    /// <summary>Runs the docker client against it.</summary>
    public Task<CommandResult> Docker(params string[] arguments) =>
        Command.Run("/usr/bin/docker", ["--host", Host, .. arguments]);

    private static string Required(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set");
}
