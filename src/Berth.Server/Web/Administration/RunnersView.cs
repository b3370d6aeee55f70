using Berth.Server.Web.Ci;

namespace Berth.Server.Web.Administration;

/// <summary>A page of all runners. <c>Made</c>, <c>OldCommand</c>: shown by the answer of the form alone.</summary>
public sealed record RunnersView(IReadOnlyList<RunnerLine> Runners, string? Next, FormView Runner)
{
    public RunnerSetup? Made { get; init; }

    public string? OldCommand { get; init; }
}
