namespace Berth.Server.Ci;

/// <summary>What a runner said that it can do (features of jobs/request), as far as the server acts on it. The bits stand in the database.</summary>
[Flags]
internal enum RunnerFeatures : long
{
    None = 0,

    /// <summary>On cancel it stops the script and still runs after_script (runner 16.10).</summary>
    CancelGracefully = 1,

    /// <summary>It reports the exit code, which allow_failure:exit_codes needs (runner 13.10).</summary>
    ReturnExitCode = 2,
}
