namespace Berth.Pipelines;

/// <summary>
/// One of <c>rules:</c>; the first that matches decides. <paramref name="If"/> is a valid expression of GitLab's grammar; null
/// matches always. Null in <paramref name="When"/>, <paramref name="AllowFailure"/>, <paramref name="Needs"/> and
/// <paramref name="Interruptible"/>: the job's own.
/// </summary>
public sealed record RuleDefinition(
    string? If,
    JobWhen? When,
    bool? AllowFailure,
    IReadOnlyList<VariableDefinition> Variables,
    IReadOnlyList<NeedDefinition>? Needs,
    bool? Interruptible);
