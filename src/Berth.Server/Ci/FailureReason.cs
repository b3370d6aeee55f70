using System.Collections.Frozen;

namespace Berth.Server.Ci;

/// <summary>Why jobs fail, in GitLab's words, as far as Berth and runners use them.</summary>
internal static class FailureReason
{
    public const string Unknown = "unknown_failure";
    public const string Script = "script_failure";
    public const string StuckOrTimeout = "stuck_or_timeout_failure";
    public const string RunnerSystem = "runner_system_failure";
    public const string MissingDependency = "missing_dependency_failure";
    public const string ExecutionTimeout = "job_execution_timeout";
    public const string TraceSizeExceeded = "trace_size_exceeded";
    public const string DataIntegrity = "data_integrity_failure";
    public const string UserBlocked = "user_blocked";

    /// <summary>What a runner may report; it maps others to one of these (features.failure_reasons of the job).</summary>
    public static readonly string[] FromRunners =
    [
        Unknown, Script, "api_failure", StuckOrTimeout, RunnerSystem, MissingDependency, "runner_unsupported", ExecutionTimeout,
        "image_pull_failure", "job_canceled", "runner_configuration_error", "runner_external_dependency_failure", "runner_interrupted",
    ];

    private static readonly FrozenSet<string> Known = FromRunners.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The reason as it is stored: a word that is not known counts as unknown_failure.</summary>
    public static string Normalize(string? reason) => reason is not null && Known.Contains(reason) ? reason : Unknown;
}
