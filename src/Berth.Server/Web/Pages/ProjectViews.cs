namespace Berth.Server.Web.Pages;

/// <summary>
/// What every page of a project shows of it, and what the viewer may do there. <c>Image</c>: the name of its first image, registry
/// included; <c>Tab</c>: the page's own entry in the navigation.
/// </summary>
public sealed record ProjectHead(string Path, string Visibility, string Image, string Tab, bool SeesImages, bool PushesImages, bool SeesPipelines, bool RunsPipelines)
{
    public bool IsMember { get; init; }

    /// <summary>The viewer may change settings and make tokens.</summary>
    public bool Maintains { get; init; }

    public string Url(string page) => $"/{Path}/-/{page}";
}

/// <summary>A project's own page.</summary>
public sealed record ProjectView(ProjectHead Project, IReadOnlyList<TagLine> Tags, IReadOnlyList<PipelineLine> Pipelines, string Registry, string CloneUrl)
{
    public string Description { get; init; } = "";
}

/// <summary>How to use a project from CI; each text is to be copied as it stands.</summary>
public sealed record CiView(ProjectHead Project, string? Warning, string RunnerCommand, string ConfigToml, string PipelineFile, string ConfigTomlWithoutTls, string PipelineFileWithoutTls, string? Trust, bool PlainHttp, string Registry);

/// <summary>An error: its status, and what to do.</summary>
public sealed record ErrorView(int Status, string Message);

/// <summary>The sign-in form. <c>PasswordFile</c>: where root's first password stands, until root has signed in.</summary>
public sealed record SignInView(string Username, string ReturnTo, string? Error)
{
    public string? PasswordFile { get; init; }
}
