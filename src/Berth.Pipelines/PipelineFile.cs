namespace Berth.Pipelines;

/// <summary>Reads the text of a <c>.gitlab-ci.yml</c>.</summary>
public static class PipelineFile
{
    /// <summary>
    /// Reads the whole file and says everything that is wrong with it. Never throws, whatever the text; a keyword that Berth
    /// does not understand is an error, never ignored.
    /// </summary>
    public static PipelineFileResult Parse(string text) => throw new NotImplementedException();
}
