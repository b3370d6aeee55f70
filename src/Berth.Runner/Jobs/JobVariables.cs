using Berth.Pipelines;
using Berth.Runner.Configuration;
using Berth.Runner.Coordinator;

namespace Berth.Runner.Jobs;

/// <summary>
/// A job's variables in GitLab's order, the later one of a name winning: the runner's own, its <c>environment</c>, the job's. All but
/// raw ones are expanded once.
/// </summary>
internal sealed class JobVariables
{
    private readonly Dictionary<string, JobVariable> _byName = new(StringComparer.Ordinal);
    private readonly string _temporaryDirectory;

    private JobVariables(string temporaryDirectory) => _temporaryDirectory = temporaryDirectory;

    public IEnumerable<JobVariable> All => _byName.Values;

    /// <summary>Secrets to hide in the log, each line of a long one too.</summary>
    public IEnumerable<string> Secrets => All.Where(variable => variable.Masked).SelectMany(variable => Lines(variable.Value ?? ""));

    /// <param name="paths">Where the job's files are in its containers.</param>
    /// <param name="own">What the runner adds, under the job's.</param>
    public static JobVariables Of(Job job, RunnerEntry runner, JobPaths paths, IEnumerable<(string Key, string Value)> own)
    {
        var given = own.Select(pair => Own(pair.Key, pair.Value))
            .Concat(runner.FeatureFlags.Select(flag => Own(flag.Key, flag.Value)))
            .Concat(runner.Environment.Select(Assignment))
            .Concat(job.Variables ?? [])
            .Where(variable => variable.Key.Length > 0);
        var unexpanded = new JobVariables(paths.TemporaryDirectory);
        foreach (var variable in given)
            unexpanded._byName[variable.Key] = variable;
        var expanded = new JobVariables(paths.TemporaryDirectory);
        foreach (var variable in unexpanded.All)
            expanded._byName[variable.Key] = variable.Raw ? variable : variable with { Value = unexpanded.Expand(variable.Value ?? "") };
        return expanded;
    }

    /// <summary>What scripts see: for a file variable the file's path. Null if it is not set.</summary>
    public string? this[string name] => _byName.TryGetValue(name, out var variable) ? Visible(variable) : null;

    /// <summary>The value itself, of a file variable its content.</summary>
    public string Content(string name) => _byName.TryGetValue(name, out var variable) ? variable.Value ?? "" : "";

    public string Expand(string text) => VariableExpansion.Expand(text, name => this[name]);

    public bool IsTrue(string name) => this[name] is "true" or "1" or "TRUE" or "True";

    public int Number(string name, int otherwise) => int.TryParse(this[name], out var number) ? number : otherwise;

    public string FilePath(JobVariable variable) => $"{_temporaryDirectory}/{variable.Key}";

    public string Visible(JobVariable variable) => variable.File ? FilePath(variable) : variable.Value ?? "";

    private static JobVariable Own(string key, string value) => new(key, value) { Public = true, Raw = true };

    private static JobVariable Assignment(string line)
    {
        var equals = line.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? new JobVariable(line.Trim(), "") : new JobVariable(line[..equals].Trim(), line[(equals + 1)..]);
    }

    private static IEnumerable<string> Lines(string value)
    {
        // Below eight characters a line of its own is no secret but a word that would be hidden everywhere.
        const int ShortestLine = 8;
        return value.Contains('\n', StringComparison.Ordinal)
            ? value.Split('\n', StringSplitOptions.TrimEntries).Where(line => line.Length >= ShortestLine).Prepend(value)
            : [value];
    }
}
