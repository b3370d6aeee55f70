namespace Berth.Pipelines;

/// <summary>Every limit on what Berth takes as a pipeline file, with where its number comes from.</summary>
public static class PipelineLimits
{
    /// <summary>Bytes of the file in UTF-8. GitLab stops at 2 MiB with all includes; the largest public ones are some 100 KiB.</summary>
    public const int MaxFileBytes = 1024 * 1024;

    /// <summary>Nested YAML collections: GitLab's <c>max_yaml_depth</c>. It also bounds the recursion of every reader here.</summary>
    public const int MaxDepth = 100;

    /// <summary>
    /// Characters of the file once anchors, merges, <c>extends</c> and defaults are worked in, with <see cref="NodeWeight"/>
    /// for each value: what the server holds in memory and stores for the pipeline's jobs. A file of
    /// <see cref="MaxFileBytes"/> without any of these stays below it; a "billion laughs" file doesn't.
    /// </summary>
    public const int MaxExpandedWeight = 16 * 1024 * 1024;

    /// <summary>What a value costs beside its characters: about an object's header and the slots that point at it.</summary>
    public const int NodeWeight = 16;

    /// <summary>Visible jobs: GitLab.com's own limit for a pipeline. Each is a row and a decision at every change of state.</summary>
    public const int MaxJobs = 500;

    /// <summary>Errors that are told; after so many the writer mends those first.</summary>
    public const int MaxErrors = 100;

    /// <summary>Characters of a job's name: GitLab's.</summary>
    public const int MaxJobNameLength = 255;

    /// <summary>Nested lists in scripts and rules: GitLab's, in the words of its error.</summary>
    public const int MaxListNesting = 10;

    /// <summary>Ancestors in a chain of <c>extends</c>: GitLab's (its docs advise three).</summary>
    public const int MaxExtendsDepth = 11;

    /// <summary>References that lead to references: GitLab's.</summary>
    public const int MaxReferenceDepth = 10;

    /// <summary>Tokens of an expression: GitLab's. It also bounds the parser's recursion.</summary>
    public const int MaxExpressionTokens = 100;

    /// <summary>Characters of a regular expression: ten times what a line of a readable file holds.</summary>
    public const int MaxRegexLength = 1024;

    /// <summary>
    /// Time for one match. Without backtracking it grows with the text alone, but a thousand-fold repetition makes a large
    /// factor; ordinary patterns take microseconds.
    /// </summary>
    public static readonly TimeSpan MaxMatchTime = TimeSpan.FromSeconds(1);

    /// <summary>Repetitions in a regular expression, nested ones multiplied: RE2's.</summary>
    public const int MaxRegexRepetitions = 1000;

    /// <summary>Tags of a job: GitLab's.</summary>
    public const int MaxTags = 50;

    /// <summary>Needs of a job: GitLab's.</summary>
    public const int MaxNeeds = 50;

    /// <summary>Times a failed job is tried again: GitLab's.</summary>
    public const int MaxRetries = 2;
}
