namespace Berth.Pipelines;

/// <summary>
/// An image for a job. Name and policies may hold variables, which the runner expands.
/// </summary>
/// <param name="Name">As written.</param>
/// <param name="Entrypoint">Null: the image's own.</param>
/// <param name="PullPolicies">Of <c>always</c>, <c>if-not-present</c>, <c>never</c>, tried in order; empty: the runner's.</param>
/// <param name="Platform">As docker's <c>--platform</c>.</param>
/// <param name="User">As docker's <c>--user</c>.</param>
public sealed record ImageDefinition(
    string Name,
    IReadOnlyList<string>? Entrypoint,
    IReadOnlyList<string> PullPolicies,
    string? Platform,
    string? User);
