namespace Berth.Pipelines;

/// <summary>A job to wait for, whether its artifacts are fetched, and whether it may be missing from the pipeline.</summary>
public sealed record NeedDefinition(string Job, bool Artifacts, bool Optional);
