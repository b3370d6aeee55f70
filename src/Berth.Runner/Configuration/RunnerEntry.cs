namespace Berth.Runner.Configuration;

/// <summary>One <c>[[runners]]</c>: a coordinator, a token, and how its jobs run.</summary>
internal sealed class RunnerEntry
{
    public required string Name { get; init; }

    /// <summary>The coordinator, without a slash or <c>/ci</c> at its end.</summary>
    public required string Url { get; init; }

    public required string Token { get; init; }

    public long Id { get; init; }

    /// <summary>How many of its jobs run at once; 0 is no limit of its own.</summary>
    public int Limit { get; init; }

    /// <summary>How many requests for a job are in flight at once.</summary>
    public int RequestConcurrency { get; init; } = 1;

    public bool StrictCheckInterval { get; init; }

    public string CaFile { get; init; } = "";

    public string CertFile { get; init; } = "";

    public string KeyFile { get; init; } = "";

    /// <summary><c>NAME=value</c>, under the job's own variables.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    public string BuildsDirectory { get; init; } = "/builds";

    /// <summary>Where the local cache is kept inside containers.</summary>
    public string CacheDirectory { get; init; } = "/cache";

    public string CloneUrl { get; init; } = "";

    /// <summary>Bytes of a job's log that are kept; gitlab-runner's 4 MiB unless set.</summary>
    public long OutputLimit { get; init; } = 4096 * 1024;

    public string PreGetSourcesScript { get; init; } = "";

    public string PostGetSourcesScript { get; init; } = "";

    public string PreBuildScript { get; init; } = "";

    public string PostBuildScript { get; init; } = "";

    public bool DebugTraceDisabled { get; init; }

    public bool CleanGitConfig { get; init; } = true;

    public bool SafeDirectoryCheckout { get; init; } = true;

    /// <summary>After so many refusals in a row the runner rests for <see cref="UnhealthyInterval"/>.</summary>
    public int UnhealthyRequestsLimit { get; init; } = 3;

    public TimeSpan UnhealthyInterval { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>How often the final state of a job is sent before giving up.</summary>
    public int FinalUpdateRetryLimit { get; init; } = 10;

    public bool CustomBuildDirectory { get; init; }

    public IReadOnlyDictionary<string, string> FeatureFlags { get; init; } = new Dictionary<string, string>();

    public required DockerSettings Docker { get; init; }

    /// <summary>The first nine characters of the token after its prefix: tells runners apart in names and logs and opens nothing.</summary>
    public string ShortToken => RunnerToken.Short(Token);
}
