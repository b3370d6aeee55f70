using Berth.Server.Web.Pages;
using Berth.Server.Web.Places;

namespace Berth.Server.Web.Ci;

/// <summary>A runner in a list. <c>Status</c>: GitLab's word; times in microseconds. <c>IsChanged</c>: the viewer may pause and delete it.</summary>
public sealed record RunnerLine(long Id, string Description, string Status, bool IsPaused, IReadOnlyList<string> Tags, bool RunsUntagged, bool IsProtectedOnly, long? ContactedAt, bool IsChanged)
{
    /// <summary>The runner's own word, as its platform.</summary>
    public string Version { get; init; } = "";

    /// <summary>The project that it serves, as a link; null for the whole instance.</summary>
    public string? Project { get; init; }

    public bool IsOfInstance { get; init; }
}

/// <summary>How to set a runner up, with the token that is shown this once. <c>IsOwnAuthority</c>: the machine has to trust this server's CA first.</summary>
public sealed record RunnerSetup(string Token, string RegisterCommand, string BerthCommand, string ConfigToml, string? Warning, bool IsOwnAuthority);

/// <summary>A variable in a list. <c>Value</c> is hidden until it is asked for.</summary>
public sealed record VariableLine(string Key, string Value, bool IsMasked, bool IsProtected, bool IsRaw, bool IsFile);

/// <summary>The runners and variables of a project. <c>Made</c>, <c>OldCommand</c>: shown by the answer of the form alone.</summary>
public sealed record CiSettingsView(PlaceFrame Frame, IReadOnlyList<RunnerLine> Runners, FormView Runner, IReadOnlyList<VariableLine> Variables, FormView Variable)
{
    /// <summary>Whether this is the first page of both lists.</summary>
    public required bool IsFirst { get; init; }

    public string? MoreRunners { get; init; }

    public string? MoreVariables { get; init; }

    public RunnerSetup? Made { get; init; }

    public string? OldCommand { get; init; }
}

/// <summary>The form that changes one variable.</summary>
public sealed record VariableView(PlaceFrame Frame, string Key, FormView Form);

/// <summary>The form of a pipeline by hand. <c>Refs</c>: branches and tags to choose from.</summary>
public sealed record NewPipelineView(ProjectHead Project, FormView Form, IReadOnlyList<string> Refs);
