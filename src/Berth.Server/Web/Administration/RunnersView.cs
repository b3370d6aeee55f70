using Berth.Server.Web.Ci;

namespace Berth.Server.Web.Administration;

/// <summary>Every runner. <c>Made</c>, <c>OldCommand</c>: shown by the answer of the form alone.</summary>
public sealed record RunnersView(IReadOnlyList<RunnerLine> Runners, FormView Runner)
{
    public RunnerSetup? Made { get; init; }

    public string? OldCommand { get; init; }
}
