namespace Berth.Pipelines.Yaml;

/// <summary>
/// Works <c>extends</c> into the jobs: parents in order, the later one wins, the job wins over all; hashes merge deeply,
/// anything else is replaced (GitLab's lib/gitlab/ci/config/extendable).
/// </summary>
internal sealed class Extends
{
    private const string Keyword = "extends";

    private readonly YamlMap _root;
    private readonly ErrorList _errors;
    private readonly Dictionary<string, YamlMap> _done = new(StringComparer.Ordinal);
    private readonly List<string> _path = [];
    private long _weight;

    private Extends(YamlMap root, ErrorList errors)
    {
        _root = root;
        _errors = errors;
    }

    public static YamlMap Resolve(YamlMap root, IReadOnlySet<string> rootKeywords, ErrorList errors)
    {
        var extends = new Extends(root, errors);
        return new YamlMap(root.At, [.. root.Entries.Select(entry =>
            entry.Value is YamlMap map && map[Keyword] is not null && !rootKeywords.Contains(entry.Key)
                ? entry with { Value = extends.ResolveJob(entry.Key, map) }
                : entry)]);
    }

    private YamlMap ResolveJob(string name, YamlMap job)
    {
        if (job[Keyword] is not { } keyword)
            return job;
        if (_done.TryGetValue(name, out var done))
            return done;
        if (_path.Contains(name))
        {
            _errors.Add(keyword.At, $"{name}: circular dependency detected in `extends`");
            return job;
        }
        if (_path.Count >= PipelineLimits.MaxExtendsDepth)
        {
            _errors.Add(keyword.At, $"{name}: nesting too deep in `extends`");
            return job;
        }
        _path.Add(name);
        YamlMap? merged = null;
        foreach (var parent in Parents(name, keyword))
            merged = merged is null ? parent : Merge(merged, parent);
        merged = merged is null ? job : Merge(merged, job);
        _path.RemoveAt(_path.Count - 1);
        _done[name] = merged;
        return merged;
    }

    private IEnumerable<YamlMap> Parents(string name, YamlValue keyword)
    {
        var names = keyword is YamlList list ? list.Items : [keyword];
        foreach (var item in names)
        {
            if (item is not YamlScalar { Kind: YamlScalarKind.String, Text: var parent })
                _errors.Add(item.At, $"jobs:{name} extends should be an array of strings or a string");
            else if (_root.Find(parent) is not { } found)
                _errors.Add(item.At, $"{name}: unknown keys in `extends` ({parent})");
            else if (found.Value is not YamlMap map)
                _errors.Add(item.At, $"{name}: invalid base hashes in `extends` ({parent})");
            else
                yield return ResolveJob(parent, map);
        }
    }

    private YamlMap Merge(YamlMap parent, YamlMap child)
    {
        // Each merge copies both maps' entries; together they may not outgrow the limit.
        _weight += parent.Weight + child.Weight;
        if (_weight > PipelineLimits.MaxExpandedWeight)
            throw YamlRefusedException.TooLarge(child.At);
        var entries = new OrderedDictionary<string, YamlEntry>(StringComparer.Ordinal);
        foreach (var entry in parent.Entries.Where(entry => entry.Key != Keyword))
            entries[entry.Key] = entry;
        foreach (var entry in child.Entries)
        {
            entries[entry.Key] = entries.TryGetValue(entry.Key, out var inherited) && inherited.Value is YamlMap from && entry.Value is YamlMap to
                ? entry with { Value = Merge(from, to) }
                : entry;
        }
        return new YamlMap(child.At, [.. entries.Values]);
    }
}
