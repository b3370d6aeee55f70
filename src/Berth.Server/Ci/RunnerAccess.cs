namespace Berth.Server.Ci;

/// <summary>The right to act as a runner. Only <see cref="Runners.Authenticate"/> makes it, from a runner's token.</summary>
internal sealed class RunnerAccess
{
    private readonly HashSet<string> _tags;

    private RunnerAccess(RunnerRow row) => (Row, _tags) = (row, [.. row.TagList()]);

    public RunnerRow Row { get; }

    public static RunnerAccess Grant(RunnerRow row) => new(row);

    /// <summary>A runner must have all tags of a job, run untagged ones only if told so, and a protected one only takes protected refs.</summary>
    public bool MayRun(IReadOnlyCollection<string> tags, bool refProtected) =>
        (tags.Count == 0 ? Row.RunUntagged != 0 : tags.All(_tags.Contains)) && (Row.ProtectedOnly == 0 || refProtected);
}
