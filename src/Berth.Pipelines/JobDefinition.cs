namespace Berth.Pipelines;

/// <summary>A visible job as the file describes it, with <c>default:</c>, <c>extends</c> and <c>!reference</c> worked in.</summary>
public sealed record JobDefinition(string Name, string Stage)
{
    public ImageDefinition? Image { get; init; }

    public IReadOnlyList<ServiceDefinition> Services { get; init; } = [];

    public IReadOnlyList<string> BeforeScript { get; init; } = [];

    public IReadOnlyList<string> Script { get; init; } = [];

    public IReadOnlyList<string> AfterScript { get; init; } = [];

    /// <summary>The job's own variables.</summary>
    public IReadOnlyList<VariableDefinition> Variables { get; init; } = [];

    /// <summary>The global variables that the job takes over; null: all (<c>inherit:variables</c>).</summary>
    public IReadOnlyList<string>? InheritedVariables { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Null: <see cref="JobWhen.OnSuccess"/>.</summary>
    public JobWhen? When { get; init; }

    /// <summary>Null: not said, which for a manual job outside of rules means true.</summary>
    public bool? AllowFailure { get; init; }

    public IReadOnlyList<int> AllowFailureExitCodes { get; init; } = [];

    public ArtifactsDefinition? Artifacts { get; init; }

    public IReadOnlyList<string>? Dependencies { get; init; }

    public IReadOnlyList<NeedDefinition>? Needs { get; init; }

    public TimeSpan? Timeout { get; init; }

    public RetryDefinition? Retry { get; init; }

    public bool Interruptible { get; init; }

    public string? Environment { get; init; }

    /// <summary>Null: none, and <see cref="Only"/> and <see cref="Except"/> decide.</summary>
    public IReadOnlyList<RuleDefinition>? Rules { get; init; }

    /// <summary>Null: not given; without rules that means branches and tags.</summary>
    public RefPolicy? Only { get; init; }

    public RefPolicy? Except { get; init; }
}
