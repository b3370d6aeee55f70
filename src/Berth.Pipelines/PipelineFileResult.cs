namespace Berth.Pipelines;

/// <summary>The definition, or the errors in the order of the file: one of the two is always there, and never both.</summary>
public sealed record PipelineFileResult(PipelineDefinition? Definition, IReadOnlyList<PipelineError> Errors);
