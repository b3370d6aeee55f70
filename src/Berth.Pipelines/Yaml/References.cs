namespace Berth.Pipelines.Yaml;

/// <summary>Puts what <c>!reference [job, key]</c> names in its place, in the whole file.</summary>
internal sealed class References
{
    private readonly YamlMap _root;
    private readonly ErrorList _errors;

    /// <summary>By object, so that what aliases share is walked once.</summary>
    private readonly Dictionary<YamlValue, YamlValue> _done = new(ReferenceEqualityComparer.Instance);

    private readonly List<YamlReference> _chain = [];

    private References(YamlMap root, ErrorList errors)
    {
        _root = root;
        _errors = errors;
    }

    public static YamlMap Resolve(YamlMap root, ErrorList errors) => (YamlMap)new References(root, errors).Resolve(root);

    private YamlValue Resolve(YamlValue value)
    {
        if (value is YamlScalar)
            return value;
        if (_done.TryGetValue(value, out var done))
            return done;
        done = value switch
        {
            YamlReference reference => Target(reference),
            YamlList list => ResolveItems(list),
            YamlMap map => ResolveEntries(map),
            _ => value,
        };
        if (done.Weight > PipelineLimits.MaxExpandedWeight)
            throw YamlRefusedException.TooLarge(value.At);
        _done[value] = done;
        return done;
    }

    private YamlList ResolveItems(YamlList list)
    {
        var items = list.Items.Select(Resolve).ToList();
        return items.SequenceEqual(list.Items) ? list : new YamlList(list.At, items);
    }

    private YamlMap ResolveEntries(YamlMap map)
    {
        var entries = map.Entries.Select(entry => entry with { Value = Resolve(entry.Value) }).ToList();
        return entries.SequenceEqual(map.Entries) ? map : new YamlMap(map.At, entries);
    }

    private YamlValue Target(YamlReference reference)
    {
        if (_chain.Exists(open => open.Path.SequenceEqual(reference.Path)))
            return Missing(reference, "is part of a circular chain");
        if (_chain.Count >= PipelineLimits.MaxReferenceDepth)
            return Missing(reference, $"is nested more than {PipelineLimits.MaxReferenceDepth} levels deep");
        _chain.Add(reference);
        YamlValue? target = _root;
        foreach (var key in reference.Path)
        {
            target = target is YamlReference step ? Resolve(step) : target;
            target = (target as YamlMap)?[key];
        }
        var resolved = target is null ? Missing(reference, "could not be found") : Resolve(target);
        _chain.RemoveAt(_chain.Count - 1);
        return resolved;
    }

    private YamlScalar Missing(YamlReference reference, string problem)
    {
        _errors.Add(reference.At, $"{reference} {problem}");
        return new YamlScalar(reference.At, YamlScalarKind.Null, "");
    }
}
