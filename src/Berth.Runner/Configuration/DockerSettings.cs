namespace Berth.Runner.Configuration;

/// <summary><c>[runners.docker]</c>. What is empty or zero is left to the engine.</summary>
internal sealed class DockerSettings
{
    /// <summary>The image of jobs that name none.</summary>
    public string Image { get; init; } = "";

    /// <summary>Where the engine is; empty means DOCKER_HOST, else its usual socket.</summary>
    public string Host { get; init; } = "";

    /// <summary>Whether a tcp engine is spoken to by TLS with the certificates in <see cref="TlsCertPath"/>.</summary>
    public bool TlsVerify { get; init; }

    public string TlsCertPath { get; init; } = "";

    /// <summary>The image that git, health checks and the local cache run in; it needs <c>sh</c> and <c>git</c>.</summary>
    public string HelperImage { get; init; } = "";

    public bool Privileged { get; init; }

    /// <summary>Of services; null follows <see cref="Privileged"/>.</summary>
    public bool? ServicesPrivileged { get; init; }

    /// <summary>Patterns of images that may run privileged; empty allows all.</summary>
    public IReadOnlyList<string> AllowedPrivilegedImages { get; init; } = [];

    public IReadOnlyList<string> AllowedPrivilegedServices { get; init; } = [];

    /// <summary><c>/path</c> is a managed volume, <c>from:/path[:mode]</c> a bind.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];

    public IReadOnlyList<string> VolumesFrom { get; init; } = [];

    public string VolumeDriver { get; init; } = "";

    public IReadOnlyDictionary<string, string> VolumeDriverOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Managed volumes live only as long as the job.</summary>
    public bool DisableCache { get; init; }

    /// <summary>A directory of the engine's host that takes the place of managed volumes.</summary>
    public string CacheDirectory { get; init; } = "";

    public IReadOnlyList<string> PullPolicies { get; init; } = [];

    public IReadOnlyList<string> AllowedPullPolicies { get; init; } = [];

    public IReadOnlyList<string> AllowedImages { get; init; } = [];

    public IReadOnlyList<string> AllowedServices { get; init; } = [];

    /// <summary>How long services have until their ports answer; negative waits not at all.</summary>
    public int WaitForServicesTimeout { get; init; } = 30;

    /// <summary>How many services a job may have; negative is no limit.</summary>
    public int ServicesLimit { get; init; } = -1;

    public IReadOnlyList<ServiceSettings> Services { get; init; } = [];

    /// <summary>The network of all containers; empty makes one for each job.</summary>
    public string NetworkMode { get; init; } = "";

    public int NetworkMtu { get; init; }

    public bool EnableIpv6 { get; init; }

    public IReadOnlyList<string> ExtraHosts { get; init; } = [];

    public IReadOnlyList<string> Dns { get; init; } = [];

    public IReadOnlyList<string> DnsSearch { get; init; } = [];

    public IReadOnlyList<string> Links { get; init; } = [];

    public string Hostname { get; init; } = "";

    public string MacAddress { get; init; } = "";

    public ContainerLimits Build { get; init; } = new();

    public ContainerLimits Service { get; init; } = new();

    public long ShmSize { get; init; }

    public IReadOnlyDictionary<string, string> Tmpfs { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> ServicesTmpfs { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Ulimits { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> LogOptions { get; init; } = new Dictionary<string, string>();

    public bool OomKillDisable { get; init; }

    public int OomScoreAdjust { get; init; }

    public string User { get; init; } = "";

    public IReadOnlyList<string> AllowedUsers { get; init; } = [];

    public IReadOnlyList<string> GroupAdd { get; init; } = [];

    public string UsernsMode { get; init; } = "";

    public string Runtime { get; init; } = "";

    public string PidMode { get; init; } = "";

    public string IpcMode { get; init; } = "";

    public string Isolation { get; init; } = "";

    public IReadOnlyList<string> CapAdd { get; init; } = [];

    public IReadOnlyList<string> CapDrop { get; init; } = [];

    public IReadOnlyList<string> SecurityOptions { get; init; } = [];

    public IReadOnlyList<string> ServicesSecurityOptions { get; init; } = [];

    public IReadOnlyList<string> Devices { get; init; } = [];

    public IReadOnlyList<string> DeviceCgroupRules { get; init; } = [];

    public string Gpus { get; init; } = "";

    public string ServiceGpus { get; init; } = "";

    public bool DisableEntrypointOverwrite { get; init; }

    public IReadOnlyDictionary<string, string> ContainerLabels { get; init; } = new Dictionary<string, string>();
}
