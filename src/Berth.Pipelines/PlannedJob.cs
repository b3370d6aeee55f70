namespace Berth.Pipelines;

/// <summary>
/// A job of a pipeline, all decisions taken: a value to store as JSON until a runner takes it. Variables in it are not
/// expanded yet.
/// </summary>
/// <param name="Name">Up to 255 characters.</param>
/// <param name="Stage">The stage's name.</param>
/// <param name="StageIndex">Its place among the stages that have jobs in this pipeline, from 0.</param>
/// <param name="Image">Null: the runner's own default image.</param>
/// <param name="Services">In the order of the file.</param>
/// <param name="Script">The lines of <c>before_script</c>, then those of <c>script</c>; one shell runs them.</param>
/// <param name="AfterScript">Lines for a shell of their own, run whatever became of the script.</param>
/// <param name="Variables">Global ones, then those of the workflow rule, the job and its rule: one per key, the later one wins.</param>
/// <param name="Tags">A runner must have all of them.</param>
/// <param name="When">Never <see cref="JobWhen.Never"/>.</param>
/// <param name="AllowFailure">A failure is a warning; for a manual job, nobody waits for it.</param>
/// <param name="AllowFailureExitCodes">Exit codes whose failure is a warning although <paramref name="AllowFailure"/> is false.</param>
/// <param name="Artifacts">Null: none.</param>
/// <param name="Dependencies">Jobs whose artifacts are fetched; null: of all earlier stages (or of the needed jobs).</param>
/// <param name="Needs">Jobs to wait for instead of the earlier stages; null: the earlier stages.</param>
/// <param name="Timeout">Null: the project's.</param>
/// <param name="Retries">How often a failed job is tried again, 0 to 2.</param>
/// <param name="Interruptible">May be cancelled by a newer pipeline of the ref.</param>
/// <param name="Environment">The environment's name, unexpanded; null: none.</param>
public sealed record PlannedJob(
    string Name,
    string Stage,
    int StageIndex,
    ImageDefinition? Image,
    IReadOnlyList<ServiceDefinition> Services,
    IReadOnlyList<string> Script,
    IReadOnlyList<string> AfterScript,
    IReadOnlyList<VariableDefinition> Variables,
    IReadOnlyList<string> Tags,
    JobWhen When,
    bool AllowFailure,
    IReadOnlyList<int> AllowFailureExitCodes,
    ArtifactsDefinition? Artifacts,
    IReadOnlyList<string>? Dependencies,
    IReadOnlyList<NeedDefinition>? Needs,
    TimeSpan? Timeout,
    int Retries,
    bool Interruptible,
    string? Environment)
{
    /// <summary>The failure reasons that are tried again, GitLab's words; empty: all of them.</summary>
    public IReadOnlyList<string> RetryWhen { get; init; } = [];

    /// <summary>The exit codes that are tried again, beside <see cref="RetryWhen"/>; both empty: all.</summary>
    public IReadOnlyList<int> RetryExitCodes { get; init; } = [];
}
