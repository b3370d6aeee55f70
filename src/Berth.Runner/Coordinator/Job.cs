namespace Berth.Runner.Coordinator;

/// <summary>A job as the coordinator hands it out. Fields that are not read here are left out; what may be null or missing is nullable.</summary>
internal sealed record Job
{
    public long Id { get; init; }

    public string Token { get; init; } = "";

    public bool AllowGitFetch { get; init; }

    public JobInfo? JobInfo { get; init; }

    public GitInfo? GitInfo { get; init; }

    public JobLimits? RunnerInfo { get; init; }

    public IReadOnlyList<JobVariable>? Variables { get; init; }

    public IReadOnlyList<JobStep>? Steps { get; init; }

    public JobImage? Image { get; init; }

    public IReadOnlyList<JobImage>? Services { get; init; }

    public IReadOnlyList<JobArtifacts>? Artifacts { get; init; }

    public IReadOnlyList<JobCache>? Cache { get; init; }

    public IReadOnlyList<JobCredentials>? Credentials { get; init; }

    public IReadOnlyList<JobDependency>? Dependencies { get; init; }

    public JobFeatures? Features { get; init; }

    public IReadOnlyList<JobHook>? Hooks { get; init; }
}

internal sealed record JobInfo(string? Name, string? Stage, long ProjectId, string? ProjectName, long? PipelineId);

internal sealed record GitInfo
{
    public string? RepoUrl { get; init; }

    public string? Ref { get; init; }

    public string? Sha { get; init; }

    public string? BeforeSha { get; init; }

    public string? RefType { get; init; }

    public IReadOnlyList<string>? Refspecs { get; init; }

    public int Depth { get; init; }

    public string? RepoObjectFormat { get; init; }

    public bool? Protected { get; init; }
}

/// <param name="Timeout">Seconds for the whole job; gitlab-runner's two hours unless positive.</param>
internal sealed record JobLimits(int Timeout);

internal sealed record JobVariable(string Key, string? Value)
{
    /// <summary>Whether services get it too.</summary>
    public bool Public { get; init; }

    public bool Masked { get; init; }

    /// <summary>The variable is the path of a file that holds the value.</summary>
    public bool File { get; init; }

    /// <summary>References to other variables in it stand for themselves.</summary>
    public bool Raw { get; init; }
}

/// <param name="Name"><c>script</c>, <c>after_script</c>, or another step.</param>
/// <param name="When"><c>on_success</c>, <c>on_failure</c> or <c>always</c>.</param>
internal sealed record JobStep(string Name, IReadOnlyList<string>? Script, int Timeout, string? When, bool AllowFailure);

/// <summary>An image to run, for the job or for a service.</summary>
internal sealed record JobImage
{
    public string Name { get; init; } = "";

    /// <summary>Further host names of a service, separated by spaces or commas.</summary>
    public string? Alias { get; init; }

    public IReadOnlyList<string>? Entrypoint { get; init; }

    public IReadOnlyList<string>? Command { get; init; }

    public IReadOnlyList<JobVariable>? Variables { get; init; }

    public IReadOnlyList<string>? PullPolicy { get; init; }

    public JobExecutorOptions? ExecutorOpts { get; init; }
}

internal sealed record JobExecutorOptions(JobDockerOptions? Docker);

internal sealed record JobDockerOptions(string? Platform, string? User);

internal sealed record JobArtifacts
{
    public string? Name { get; init; }

    public bool Untracked { get; init; }

    public IReadOnlyList<string>? Paths { get; init; }

    public IReadOnlyList<string>? Exclude { get; init; }

    public string? When { get; init; }

    public string? ArtifactType { get; init; }

    public string? ArtifactFormat { get; init; }

    public string? ExpireIn { get; init; }
}

internal sealed record JobCache
{
    public string? Key { get; init; }

    public bool Untracked { get; init; }

    public string? Policy { get; init; }

    public IReadOnlyList<string>? Paths { get; init; }

    public string? When { get; init; }

    public IReadOnlyList<string>? FallbackKeys { get; init; }
}

internal sealed record JobCredentials(string? Type, string? Url, string? Username, string? Password);

internal sealed record JobDependency(long Id, string? Token, string? Name, JobArtifactsFile? ArtifactsFile);

internal sealed record JobArtifactsFile(string? Filename, long? Size);

internal sealed record JobFeatures(bool TraceSections, IReadOnlyList<string>? TokenMaskPrefixes, IReadOnlyList<string>? FailureReasons);

internal sealed record JobHook(string Name, IReadOnlyList<string>? Script);
