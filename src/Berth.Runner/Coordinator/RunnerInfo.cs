using System.Reflection;
using System.Runtime.InteropServices;

namespace Berth.Runner.Coordinator;

/// <summary>What the runner says of itself with every request; the features decide what a coordinator may send.</summary>
internal sealed record RunnerInfo
{
    public static string OwnVersion { get; } =
        typeof(RunnerInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>As image platforms name it: amd64, arm64.</summary>
    public static string OwnArchitecture { get; } = RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        var other => other.ToString().ToLowerInvariant(),
    };

    public string Name { get; init; } = "berth-runner";

    public string Version { get; init; } = OwnVersion;

    public string Revision { get; init; } = "HEAD";

    public string Platform { get; init; } = "linux";

    public string Architecture { get; init; } = OwnArchitecture;

    public string Executor { get; init; } = "docker";

    public string Shell { get; init; } = "bash";

    public IReadOnlyDictionary<string, bool> Features { get; init; } = Own;

    private static Dictionary<string, bool> Own { get; } = new string[]
    {
        "variables", "image", "services", "artifacts", "cache", "fallback_cache_keys", "upload_multiple_artifacts", "upload_raw_artifacts",
        "refspecs", "masking", "raw_variables", "artifacts_exclude", "multi_build_steps", "trace_reset", "trace_checksum", "trace_size",
        "cancelable", "return_exit_code", "service_variables", "service_multiple_aliases", "image_executor_opts", "service_executor_opts",
        "cancel_gracefully", "two_phase_job_commit",
    }.ToDictionary(feature => feature, _ => true);
}
