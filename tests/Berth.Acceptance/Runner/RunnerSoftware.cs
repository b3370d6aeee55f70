using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Runner;

/// <summary>A runner's program: berth-runner as ./test publishes it, or the gitlab-runner that the variable GITLAB_RUNNER names.</summary>
/// <param name="Name">As users type it.</param>
/// <param name="Path">Of its file.</param>
/// <param name="ReadyText">What <c>run</c> says once it has read its config.toml.</param>
public sealed record RunnerSoftware(string Name, string Path, string ReadyText)
{
    private const string GitLabVariable = "GITLAB_RUNNER";
    private const string GitLabHelperVariable = "GITLAB_RUNNER_HELPER";

    public static RunnerSoftware Berth { get; } = new("berth-runner", System.IO.Path.Combine(Checkout.Root, "artifacts/berth-runner/berth-runner"), " is ready: ");

    /// <summary>What the guide's tests run: GitLab's where there is one, else Berth's.</summary>
    public static RunnerSoftware OfGuide { get; } = Environment.GetEnvironmentVariable(GitLabVariable) is { Length: > 0 } path
        ? new("gitlab-runner", path, "Configuration loaded")
        : Berth;

    private static bool IsGitLab => OfGuide != Berth;

    /// <summary>
    /// GitLab's second program, which runs in the helper image: GITLAB_RUNNER_HELPER, or gitlab-runner-helper beside the first. Null if
    /// there is none; gitlab-runner then looks for that image itself.
    /// </summary>
    public static string? GitLabHelper
    {
        get
        {
            if (!IsGitLab)
                return null;
            if (Environment.GetEnvironmentVariable(GitLabHelperVariable) is { Length: > 0 } named)
                return named;
            var beside = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(OfGuide.Path)!, "gitlab-runner-helper");
            return File.Exists(beside) ? beside : null;
        }
    }

    /// <summary>What a job fails with whose image cannot be pulled; gitlab-runner has a word of its own for it since 16.1.</summary>
    public async Task<string> PullFailure() => await IsGitLabBefore(new Version(16, 1)) ? "script_failure" : "image_pull_failure";

    /// <summary>
    /// Whether it waits for a service on one port alone, the last that the image names: then it waits in vain for docker:dind without
    /// TLS, for 30 s, and goes on with a warning. gitlab-runner did until 16.1.
    /// </summary>
    public Task<bool> TriesOnePort() => IsGitLabBefore(new Version(16, 1));

    /// <summary>The names under which gitlab-runner looks for its helper image on the engine: on Docker Hub before 15.0, with the revision in the tag before 16.0.</summary>
    public async Task<IReadOnlyList<string>> HelperImages()
    {
        var said = await SaysOfItself();
        var architecture = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "x86_64";
        return
        [
            .. from name in (string[])["gitlab/gitlab-runner-helper", "registry.gitlab.com/gitlab-org/gitlab-runner/gitlab-runner-helper"]
               from tag in (string[])[said["Git revision"], $"v{said["Version"]}", "latest"]
               select $"{name}:{architecture}-{tag}",
        ];
    }

    private async Task<bool> IsGitLabBefore(Version other) =>
        IsGitLab && Version.TryParse((await SaysOfItself())["Version"].Split('~')[0], out var version) && version < other;

    /// <summary>Its <c>--version</c>, which is lines of <c>Name: value</c>.</summary>
    private async Task<Dictionary<string, string>> SaysOfItself()
    {
        var lines = (await Command.Run(Path, ["--version"])).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries)).Where(parts => parts.Length == 2).ToDictionary(parts => parts[0], parts => parts[1]);
    }
}
