namespace Berth.Pipelines.Yaml;

/// <summary>
/// A value of the file, immutable; an alias is the same object as its anchor. Weight is what it costs written out
/// (<see cref="PipelineLimits.MaxExpandedWeight"/>).
/// </summary>
internal abstract class YamlValue(Position at, long weight)
{
    public Position At { get; } = at;

    public long Weight { get; } = weight;
}

internal enum YamlScalarKind
{
    Null,
    Boolean,
    Integer,
    Float,
    String,
}

/// <summary>A scalar with the text that Ruby's <c>to_s</c> gives for it: <c>010</c> is the integer 8, <c>yes</c> is true.</summary>
internal sealed class YamlScalar(Position at, YamlScalarKind kind, string text)
    : YamlValue(at, PipelineLimits.NodeWeight + text.Length)
{
    public YamlScalarKind Kind { get; } = kind;

    public string Text { get; } = text;
}

internal sealed class YamlList(Position at, IReadOnlyList<YamlValue> items)
    : YamlValue(at, PipelineLimits.NodeWeight + items.Sum(item => item.Weight))
{
    public IReadOnlyList<YamlValue> Items { get; } = items;
}

/// <summary>An entry of a map; the key's text is as of <see cref="YamlScalar.Text"/>.</summary>
internal readonly record struct YamlEntry(string Key, Position KeyAt, YamlValue Value);

/// <summary>A map in the order of the file, merges (<c>&lt;&lt;</c>) worked in, each key once.</summary>
internal sealed class YamlMap(Position at, IReadOnlyList<YamlEntry> entries)
    : YamlValue(at, PipelineLimits.NodeWeight + entries.Sum(entry => entry.Key.Length + entry.Value.Weight))
{
    private readonly Dictionary<string, int> _indexes = Index(entries);

    public IReadOnlyList<YamlEntry> Entries { get; } = entries;

    /// <summary>The value, or null if there is none or it is YAML's null: GitLab takes both for "not given".</summary>
    public YamlValue? this[string key] => Find(key) is { } entry && entry.Value is not YamlScalar { Kind: YamlScalarKind.Null } ? entry.Value : null;

    public YamlEntry? Find(string key) => _indexes.TryGetValue(key, out var index) ? Entries[index] : null;

    private static Dictionary<string, int> Index(IReadOnlyList<YamlEntry> entries)
    {
        var indexes = new Dictionary<string, int>(entries.Count, StringComparer.Ordinal);
        for (var i = 0; i < entries.Count; i++)
            indexes.Add(entries[i].Key, i);
        return indexes;
    }
}

/// <summary><c>!reference [job, key, …]</c>, not resolved yet.</summary>
internal sealed class YamlReference(Position at, IReadOnlyList<string> path)
    : YamlValue(at, PipelineLimits.NodeWeight + path.Sum(part => part.Length))
{
    public IReadOnlyList<string> Path { get; } = path;

    public override string ToString() => $"!reference [{string.Join(", ", Path.Select(part => $"\"{part}\""))}]";
}
