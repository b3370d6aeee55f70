namespace Berth.Pipelines;

/// <summary>
/// How often a failed job is tried again (0 to 2), for which failure reasons and which exit codes; both empty: for any failure.
/// </summary>
public sealed record RetryDefinition(int Max, IReadOnlyList<string> When, IReadOnlyList<int> ExitCodes);
