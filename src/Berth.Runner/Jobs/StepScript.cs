using System.Text;
using Berth.Runner.Configuration;
using Berth.Runner.Coordinator;

namespace Berth.Runner.Jobs;

/// <summary>The scripts that run in the build container.</summary>
internal static class StepScript
{
    /// <param name="step">before_script and script together, or after_script, or another step.</param>
    /// <param name="status">What CI_JOB_STATUS says: running, success, failed, canceled.</param>
    public static string Of(JobStep step, JobVariables variables, JobPaths paths, RunnerEntry runner, string status, bool debugTrace)
    {
        var body = new StringBuilder();
        Shell.Export(body, variables);
        body.Append("export CI_JOB_STATUS=").Append(Shell.Quote(status)).Append('\n');
        if (runner.SafeDirectoryCheckout)
            body.Append(TrustDirectory);
        body.Append(LoadEnvironment(paths));
        body.Append("cd ").Append(Shell.Quote(paths.ProjectDirectory)).Append('\n');
        var isAfter = step.Name == "after_script";
        var commands = new List<string>(step.Script ?? []);
        if (!isAfter && runner.PreBuildScript.Length > 0)
            commands.Insert(0, runner.PreBuildScript);
        if (!isAfter && runner.PostBuildScript.Length > 0)
            commands.Add(runner.PostBuildScript);
        Shell.Commands(body, commands);
        return Shell.Wrap(body.ToString(), debugTrace);
    }

    /// <summary>The checkout belongs to root and the job may run as another: git (2.31 and later) is told that this is meant.</summary>
    private const string TrustDirectory = """
        if [ -z "${GIT_CONFIG_COUNT:-}" ]; then export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'; fi

        """;

    private static string LoadEnvironment(JobPaths paths)
    {
        var file = Shell.Quote(paths.EnvironmentFile);
        return $"if [ -f {file} ]; then while IFS= read -r line || [ -n \"$line\" ]; do case $line in [A-Za-z_]*=*) export \"$line\" ;; esac; done <{file}; fi\n";
    }
}
