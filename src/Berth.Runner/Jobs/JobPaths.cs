using Berth.Pipelines;
using Berth.Runner.Configuration;
using Berth.Runner.Coordinator;

namespace Berth.Runner.Jobs;

/// <summary>Where a job's files are in its containers: <c>/builds/group/project</c>, and <c>/builds/group/project.tmp</c> beside it.</summary>
internal sealed record JobPaths(string BuildsDirectory, string ProjectDirectory)
{
    public string TemporaryDirectory => $"{ProjectDirectory}.tmp";

    /// <summary>The file that a script writes <c>NAME=value</c> lines into for the parts of the job after it.</summary>
    public string EnvironmentFile => $"{TemporaryDirectory}/gitlab_runner_env";

    /// <summary>Why GIT_CLONE_PATH is not heeded; null if it is, or is not set.</summary>
    public string? Problem { get; private init; }

    public static JobPaths Of(Job job, RunnerEntry runner)
    {
        var paths = new JobPaths(runner.BuildsDirectory, $"{runner.BuildsDirectory}/{ProjectPath(job)}");
        if (job.Variables?.LastOrDefault(variable => variable.Key == "GIT_CLONE_PATH")?.Value is not { Length: > 0 } wanted)
            return paths;
        if (!runner.CustomBuildDirectory)
            return paths with { Problem = "setting GIT_CLONE_PATH is not allowed, enable `custom_build_dir` feature" };
        var known = (job.Variables ?? []).ToLookup(variable => variable.Key, variable => variable.Value);
        var directory = VariableExpansion.Expand(wanted, name => name == "CI_BUILDS_DIR" ? runner.BuildsDirectory : known[name].LastOrDefault()).TrimEnd('/');
        return directory.StartsWith(runner.BuildsDirectory + "/", StringComparison.Ordinal) && !directory.Split('/').Contains("..")
            ? paths with { ProjectDirectory = directory }
            : paths with { Problem = $"the GIT_CLONE_PATH={directory} has to be within {runner.BuildsDirectory}" };
    }

    /// <summary>The path of the repository's address without <c>.git</c>.</summary>
    private static string ProjectPath(Job job)
    {
        if (Uri.TryCreate(job.GitInfo?.RepoUrl, UriKind.Absolute, out var url))
        {
            var path = Uri.UnescapeDataString(url.AbsolutePath).Trim('/');
            if (path.EndsWith(".git", StringComparison.Ordinal))
                path = path[..^4];
            if (path.Length > 0 && !path.Split('/').Contains(".."))
                return path;
        }
        return $"project-{job.JobInfo?.ProjectId ?? 0}";
    }
}
