using System.Collections.Frozen;
using Berth.Pipelines.Yaml;

namespace Berth.Pipelines.Entries;

/// <summary>needs: names of jobs, or maps, of this pipeline.</summary>
internal static class NeedsEntry
{
    private static readonly FrozenSet<string> Keys = FrozenSet.Create("job", "artifacts", "optional");
    private static readonly FrozenSet<string> UnsupportedKeys = FrozenSet.Create("parallel", "pipeline", "project", "ref");

    public static IReadOnlyList<NeedDefinition>? Read(Entry entry)
    {
        if (entry.Value is not (YamlList or YamlMap))
        {
            entry.Error("config can only be a hash or an array");
            return null;
        }
        var items = entry.Value is YamlList list ? list.Items : [entry.Value];
        if (items.Count > PipelineLimits.MaxNeeds)
            entry.Error($"one job can only need {PipelineLimits.MaxNeeds} others, but you have listed {items.Count}");
        var needs = new List<NeedDefinition>();
        foreach (var item in items)
        {
            if (ReadNeed(new Entry(item, $"{entry.Place}:need", entry.Errors)) is { } need)
                needs.Add(need);
        }
        return needs;
    }

    private static NeedDefinition? ReadNeed(Entry entry)
    {
        if (entry.Text is { } name)
            return new NeedDefinition(name, Artifacts: true, Optional: false);
        if (entry.Value is not YamlMap map)
        {
            entry.Error("config has an unsupported type");
            return null;
        }
        entry.CheckKeys(Keys, UnsupportedKeys);
        if (map["job"] is null)
        {
            // With one of the others the need is of another kind, and that has been said.
            if (!map.Entries.Any(part => UnsupportedKeys.Contains(part.Key)))
                entry.Error("job can't be blank");
            return null;
        }
        var job = entry.Child("job")?.TextOr("should be a string");
        var artifacts = entry.Child("artifacts")?.Boolean() ?? true;
        var optional = entry.Child("optional")?.Boolean() ?? false;
        return job is null ? null : new NeedDefinition(job, artifacts, optional);
    }
}
