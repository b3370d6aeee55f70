namespace Berth.Pipelines;

/// <summary>A container beside the job's. Image name and alias may hold variables, which the runner expands.</summary>
/// <param name="Image">What runs.</param>
/// <param name="Alias">Further host names, separated by spaces or commas; null: only those made of the image's name.</param>
/// <param name="Command">Null: the image's own.</param>
/// <param name="Variables">For this container only.</param>
public sealed record ServiceDefinition(
    ImageDefinition Image,
    string? Alias,
    IReadOnlyList<string>? Command,
    IReadOnlyList<VariableDefinition> Variables);
