using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Berth.Runner.Configuration;
using Berth.Runner.Coordinator;

namespace Berth.Runner.Engine;

/// <summary>
/// The names and labels of what a job makes on the engine. Names are gitlab-runner's; its labels too, so that people's clean-up by
/// label goes on working.
/// </summary>
/// <param name="SystemId">Which runner process made it.</param>
/// <param name="ConcurrentId">The job's place among this runner's jobs.</param>
/// <param name="ConcurrentProjectId">Its place among this runner's jobs of the same project: volumes are kept for each.</param>
internal sealed record JobIdentity(Job Job, RunnerEntry Runner, string SystemId, int ConcurrentId, int ConcurrentProjectId)
{
    /// <summary>Marks what is gone with the process: removed when the process starts again.</summary>
    public const string SystemLabel = "org.berth.runner.system";

    private const string Prefix = "com.gitlab.gitlab-runner.";

    private readonly string _unique = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    private long ProjectId => Job.JobInfo?.ProjectId ?? 0;

    public string Hostname => string.Create(CultureInfo.InvariantCulture, $"runner-{Runner.ShortToken.ToLowerInvariant()}-project-{ProjectId}-concurrent-{ConcurrentProjectId}");

    /// <summary>Begins the names of the job's containers, network and passing volumes.</summary>
    public string UniqueName => $"{Hostname}-{_unique}";

    /// <summary>The name of the volume that jobs of this project find again at the same path.</summary>
    public string LastingVolume(string path)
    {
        var owner = string.Create(CultureInfo.InvariantCulture, $"{Runner.Token}\n{SystemId}\n{ProjectId}\n{ConcurrentProjectId}");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(owner)))[..16];
        return $"runner-{hash}-cache-{PathHash(path)}{(Job.GitInfo?.Protected == true ? "-protected" : "")}";
    }

    public string PassingVolume(string path) => $"{UniqueName}-cache-{PathHash(path)}";

    /// <param name="type">build, helper, service, network, cache.</param>
    public Dictionary<string, string> Labels(string type, bool isLasting = false)
    {
        var labels = new Dictionary<string, string>(Runner.Docker.ContainerLabels)
        {
            [Prefix + "managed"] = "true",
            [Prefix + "type"] = type,
            [Prefix + "project.id"] = ProjectId.ToString(CultureInfo.InvariantCulture),
            [Prefix + "runner.id"] = Runner.ShortToken,
        };
        if (isLasting)
            return labels;
        labels[SystemLabel] = SystemId;
        labels[Prefix + "job.id"] = Job.Id.ToString(CultureInfo.InvariantCulture);
        labels[Prefix + "job.sha"] = Job.GitInfo?.Sha ?? "";
        labels[Prefix + "job.ref"] = Job.GitInfo?.Ref ?? "";
        labels[Prefix + "pipeline.id"] = Job.JobInfo?.PipelineId?.ToString(CultureInfo.InvariantCulture) ?? "";
        return labels;
    }

    private static string PathHash(string path) => Convert.ToHexStringLower(Md5(path));

    // A short name for a path, as gitlab-runner makes it; nothing rests on its strength.
#pragma warning disable CA5351
    private static byte[] Md5(string path) => MD5.HashData(Encoding.UTF8.GetBytes(path));
#pragma warning restore CA5351
}
