using System.Globalization;
using Berth.Runner.Coordinator;
using Berth.Runner.Engine;

namespace Berth.Runner.Jobs;

/// <summary>The variables that the runner adds to those of the job.</summary>
internal static class OwnVariables
{
    public static IEnumerable<(string Key, string Value)> Of(JobIdentity identity, JobPaths paths, TimeSpan timeout)
    {
        yield return ("CI_SERVER", "yes");
        yield return ("CI_BUILDS_DIR", paths.BuildsDirectory);
        yield return ("CI_PROJECT_DIR", paths.ProjectDirectory);
        yield return ("CI_CONCURRENT_ID", identity.ConcurrentId.ToString(CultureInfo.InvariantCulture));
        yield return ("CI_CONCURRENT_PROJECT_ID", identity.ConcurrentProjectId.ToString(CultureInfo.InvariantCulture));
        yield return ("CI_JOB_STATUS", "running");
        yield return ("CI_JOB_TIMEOUT", ((int)timeout.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        yield return ("CI_JOB_IMAGE", identity.Job.Image is { Name.Length: > 0 } image ? image.Name : identity.Runner.Docker.Image);
        yield return ("CI_DISPOSABLE_ENVIRONMENT", "true");
        yield return ("CI_RUNNER_SHORT_TOKEN", identity.Runner.ShortToken);
        yield return ("CI_RUNNER_VERSION", RunnerInfo.OwnVersion);
        yield return ("CI_RUNNER_REVISION", "HEAD");
        yield return ("CI_RUNNER_EXECUTABLE_ARCH", $"linux/{RunnerInfo.OwnArchitecture}");
        yield return ("RUNNER_TEMP_PROJECT_DIR", paths.TemporaryDirectory);
        yield return ("GITLAB_ENV", paths.EnvironmentFile);
    }
}
