namespace Berth.Pipelines;

/// <summary>Variables with nested references resolved; or the cycle that forbids it, in GitLab's words, and the variables as they were.</summary>
public sealed record ExpandedVariables(IReadOnlyList<VariableDefinition> Variables, string? Error);
