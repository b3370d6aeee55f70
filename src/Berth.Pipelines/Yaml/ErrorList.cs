namespace Berth.Pipelines.Yaml;

/// <summary>Collects what is wrong with a file.</summary>
internal sealed class ErrorList
{
    private readonly HashSet<(Position At, string Message)> _errors = [];

    public bool IsEmpty => _errors.Count == 0;

    /// <summary>The same error at the same place counts once: an alias is read wherever it stands.</summary>
    public void Add(Position at, string message)
    {
        // One more than is told, so that "more" can be said; the rest costs nothing.
        if (_errors.Count <= PipelineLimits.MaxErrors)
            _errors.Add((at, message));
    }

    /// <summary>For a keyword of GitLab's that Berth does not have.</summary>
    public void AddUnsupported(Position at, string place) => Add(at, $"{place} is not supported by Berth yet");

    public IReadOnlyList<PipelineError> InOrder()
    {
        var ordered = _errors.OrderBy(error => error.At).ThenBy(error => error.Message, StringComparer.Ordinal)
            .Select(error => new PipelineError(error.Message, error.At.Line, error.At.Column)).ToList();
        if (ordered.Count <= PipelineLimits.MaxErrors)
            return ordered;
        var last = ordered[PipelineLimits.MaxErrors];
        return [.. ordered.Take(PipelineLimits.MaxErrors), last with { Message = "there are more errors; mend these first" }];
    }
}
