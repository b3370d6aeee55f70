namespace Berth.Pipelines;

/// <summary>
/// Something wrong in a pipeline file, in GitLab's words where GitLab has some. Line and column count from 1 and point at the
/// value (or the key) that the message is about.
/// </summary>
public sealed record PipelineError(string Message, int Line, int Column)
{
    public override string ToString() => $"{Line}:{Column}: {Message}";
}
