namespace Berth.Runner.Configuration;

/// <summary>config.toml: what holds for the whole process, and its runners.</summary>
internal sealed class RunnerConfig
{
    /// <summary>How many jobs run at once over all runners.</summary>
    public required int Concurrent { get; init; }

    /// <summary>How long to wait between two requests that found no job; gitlab-runner's 3 s unless set.</summary>
    public required TimeSpan CheckInterval { get; init; }

    public required LogLevel LogLevel { get; init; }

    public required LogFormat LogFormat { get; init; }

    /// <summary>How long jobs have to end after SIGTERM before the process ends without them.</summary>
    public required TimeSpan ShutdownTimeout { get; init; }

    public required IReadOnlyList<RunnerEntry> Runners { get; init; }

    /// <summary>Lines about keys that are unknown or change nothing here.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}
