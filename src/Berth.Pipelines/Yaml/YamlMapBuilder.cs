namespace Berth.Pipelines.Yaml;

/// <summary>Gathers a map's own entries and merged ones. Own keys win; of a merged list the first; of several <c>&lt;&lt;</c> the last.</summary>
internal sealed class YamlMapBuilder(ErrorList errors)
{
    private readonly List<YamlEntry> _own = [];
    private readonly Dictionary<string, Position> _ownKeys = new(StringComparer.Ordinal);
    private readonly List<YamlMap> _merged = [];

    public void Add(string key, Position at, YamlValue value)
    {
        if (_ownKeys.TryAdd(key, at))
            _own.Add(new YamlEntry(key, at, value));
        else
            errors.Add(at, $"the key {key} is given twice, first in line {_ownKeys[key].Line}; only one of them could count");
    }

    /// <param name="value">A map or a list of maps.</param>
    /// <param name="charge">Told the weight of what is copied.</param>
    public void Merge(YamlValue value, Action<long> charge)
    {
        var maps = value switch
        {
            YamlMap map => [map],
            YamlList list when list.Items.All(item => item is YamlMap) => list.Items.Cast<YamlMap>().Reverse(),
            _ => null,
        };
        if (maps is null)
        {
            errors.Add(value.At, "<< should merge a hash or an array of hashes");
            return;
        }
        foreach (var map in maps)
        {
            charge(map.Weight);
            _merged.Add(map);
        }
    }

    public YamlMap Build(Position at)
    {
        if (_merged.Count == 0)
            return new YamlMap(at, _own);
        var entries = new OrderedDictionary<string, YamlEntry>(StringComparer.Ordinal);
        foreach (var entry in _merged.SelectMany(map => map.Entries).Concat(_own))
            entries[entry.Key] = entry;
        return new YamlMap(at, [.. entries.Values]);
    }
}
