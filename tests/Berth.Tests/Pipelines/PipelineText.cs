using Berth.Pipelines;

namespace Berth.Tests.Pipelines;

/// <summary>Short forms for tests that begin with the text of a file.</summary>
internal static class PipelineText
{
    public static PipelineDefinition Valid(string text)
    {
        var result = PipelineFile.Parse(text);
        Assert.Equal([], Lines(result));
        return result.Definition!;
    }

    public static JobDefinition Job(string text) => Assert.Single(Valid(text).Jobs);

    /// <summary>The job that the body describes, with a script unless it has one.</summary>
    public static JobDefinition JobOf(string body) =>
        Job($"{(body.Contains("script:", StringComparison.Ordinal) ? "x:" : "x:\n  script: echo")}\n  {body.ReplaceLineEndings("\n  ")}\n");

    /// <summary>The errors as <c>line:column: message</c>.</summary>
    public static IReadOnlyList<string> Errors(string text)
    {
        var result = PipelineFile.Parse(text);
        Assert.Null(result.Definition);
        Assert.NotEmpty(result.Errors);
        return Lines(result);
    }

    public static string Error(string text) => Assert.Single(Errors(text));

    public static PipelineContext Push(string branch, params (string Name, string Value)[] variables) => Context(branch, false, "push", variables);

    public static PipelineContext PushTag(string tag, params (string Name, string Value)[] variables) => Context(tag, true, "push", variables);

    public static PipelineContext Context(string name, bool isTag, string source, params (string Name, string Value)[] variables)
    {
        var all = new Dictionary<string, string>
        {
            ["CI_COMMIT_REF_NAME"] = name,
            [isTag ? "CI_COMMIT_TAG" : "CI_COMMIT_BRANCH"] = name,
            ["CI_PIPELINE_SOURCE"] = source,
            ["CI_DEFAULT_BRANCH"] = "main",
            ["CI_PROJECT_PATH"] = "group/app",
        };
        foreach (var (key, value) in variables)
            all[key] = value;
        return new PipelineContext(name, isTag, source, all);
    }

    public static IReadOnlyList<string> Names(this PlannedPipeline planned) => [.. planned.Jobs.Select(job => job.Name)];

    private static IReadOnlyList<string> Lines(PipelineFileResult result) => [.. result.Errors.Select(error => error.ToString())];
}
