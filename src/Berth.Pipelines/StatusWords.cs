namespace Berth.Pipelines;

/// <summary>GitLab's words for states, as the database, the API and pages have them.</summary>
public static class StatusWords
{
    public static string Word(this JobStatus status) => throw new NotImplementedException();

    public static string Word(this PipelineStatus status) => throw new NotImplementedException();

    public static bool TryParse(ReadOnlySpan<char> word, out JobStatus status) => throw new NotImplementedException();

    public static bool TryParse(ReadOnlySpan<char> word, out PipelineStatus status) => throw new NotImplementedException();

    /// <summary>Success, failed, canceled or skipped.</summary>
    public static bool IsFinished(this JobStatus status) => throw new NotImplementedException();

    /// <summary>Success, failed, canceled or skipped.</summary>
    public static bool IsFinished(this PipelineStatus status) => throw new NotImplementedException();
}
