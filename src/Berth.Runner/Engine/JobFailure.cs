namespace Berth.Runner.Engine;

/// <summary>Ends a job as failed. The message is for the job's log; the reason is one of GitLab's failure reasons.</summary>
internal sealed class JobFailure : Exception
{
    public JobFailure(string message, string reason, int exitCode = 0) : base(message) => (Reason, ExitCode) = (reason, exitCode);

    public string Reason { get; }

    public int ExitCode { get; }

    public static JobFailure Script(int exitCode) => new($"exit code {exitCode}", FailureReasons.Script, exitCode);

    public static JobFailure System(string message) => new(message, FailureReasons.System);
}

/// <summary>GitLab's words for why a job failed.</summary>
internal static class FailureReasons
{
    public const string Script = "script_failure";
    public const string System = "runner_system_failure";
    public const string Timeout = "job_execution_timeout";
    public const string ImagePull = "image_pull_failure";
    public const string Configuration = "runner_configuration_error";
    public const string Canceled = "job_canceled";
    public const string Interrupted = "runner_interrupted";

    /// <summary>The reason itself if the coordinator knows it, else the one that GitLab puts in its place.</summary>
    public static string For(string reason, IReadOnlyList<string>? known) => reason switch
    {
        Script or System or Timeout => reason,
        _ when known?.Contains(reason) == true => reason,
        ImagePull or Interrupted => System,
        Configuration => Script,
        _ => "unknown_failure",
    };
}
