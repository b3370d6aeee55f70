using System.Text.Json;
using Berth.Runner.Coordinator;
using Berth.Runner.Trace;

namespace Berth.Runner.Engine;

/// <summary>
/// The logins for pulling a job's images, in GitLab's order: the variable DOCKER_AUTH_CONFIG, the config.json of the user that the
/// runner runs as, the credentials that came with the job. The first that knows the registry is used, and no other.
/// </summary>
internal sealed class PullCredentials
{
    private readonly List<DockerConfigFile> _files = [];
    private readonly IReadOnlyList<JobCredentials> _job;

    private PullCredentials(IReadOnlyList<JobCredentials> job) => _job = job;

    /// <param name="dockerAuthConfig">The variable's value; empty if it is not set.</param>
    /// <param name="job">What came with the job.</param>
    /// <param name="log">Where a file that is no JSON is warned of.</param>
    public static async Task<PullCredentials> Load(string dockerAuthConfig, IReadOnlyList<JobCredentials> job, JobLog log, CancellationToken cancellationToken)
    {
        var credentials = new PullCredentials([.. job.Where(entry => entry.Type == "registry")]);
        if (dockerAuthConfig.Length > 0)
            credentials.Add(dockerAuthConfig, "$DOCKER_AUTH_CONFIG", log);
        var path = Path.Combine(
            Environment.GetEnvironmentVariable("DOCKER_CONFIG") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker"), "config.json");
        if (File.Exists(path))
            credentials.Add(await File.ReadAllTextAsync(path, cancellationToken), path, log);
        return credentials;
    }

    public async Task<RegistryAuth?> Find(ImageReference image, CancellationToken cancellationToken)
    {
        foreach (var file in _files)
        {
            if (await file.Find(image, cancellationToken) is { } auth)
                return auth;
        }
        return _job
            .Select(entry => new RegistryAuth(DockerConfigFile.Normalize(entry.Url ?? ""), entry.Username ?? "", entry.Password ?? "", "job payload (GitLab Registry)"))
            .Where(auth => Contains(auth.Location, image.Location))
            .MaxBy(auth => auth.Location.Length);
    }

    private void Add(string json, string source, JobLog log)
    {
        try
        {
            _files.Add(DockerConfigFile.Parse(json, source));
        }
        catch (JsonException e)
        {
            // The parser's message names a place, never the content.
            log.Warning($"{source} is not well-formed JSON and is left out (line {e.LineNumber + 1})");
        }
    }

    private static bool Contains(string location, string image) =>
        location.Length > 0 && image.StartsWith(location, StringComparison.OrdinalIgnoreCase) && (image.Length == location.Length || image[location.Length] == '/');
}
