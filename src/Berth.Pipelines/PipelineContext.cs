namespace Berth.Pipelines;

/// <summary>
/// What a pipeline is made for: the short name of a branch or tag, how it was started (GitLab's words: <c>push</c>,
/// <c>web</c>, <c>api</c>, <c>schedule</c>, <c>trigger</c>), and the predefined variables known before there is a pipeline.
/// The file's own variables win over <paramref name="Variables"/>; <see cref="Overrides"/> win over the file's.
/// </summary>
public sealed record PipelineContext(string Ref, bool IsTag, string Source, IReadOnlyDictionary<string, string> Variables)
{
    /// <summary>Variables of the project's settings and of the one who started the pipeline.</summary>
    public IReadOnlyDictionary<string, string> Overrides { get; init; } = new Dictionary<string, string>();
}
