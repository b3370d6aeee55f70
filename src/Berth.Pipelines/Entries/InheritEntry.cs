using System.Collections.Frozen;
using Berth.Pipelines.Yaml;

namespace Berth.Pipelines.Entries;

/// <summary>inherit: which defaults and which global variables a job takes over; null: all.</summary>
internal sealed record InheritEntry(IReadOnlyList<string>? Defaults, IReadOnlyList<string>? Variables)
{
    public static readonly InheritEntry Everything = new(null, null);

    private static readonly FrozenSet<string> Keys = FrozenSet.Create("default", "variables");

    public bool Inherits(string keyword) => Defaults?.Contains(keyword) ?? true;

    public static InheritEntry Read(Entry entry)
    {
        if (entry.Value is not YamlMap)
        {
            entry.Error("config should be a hash");
            return Everything;
        }
        entry.CheckKeys(Keys, FrozenSet<string>.Empty);
        var defaults = entry.Child("default") is { } keywords ? ReadNames(keywords) : null;
        foreach (var unknown in (defaults ?? []).Where(name => !SharedKeywords.Names.Contains(name)))
            entry.Child("default")?.Error($"config contains unknown values: {unknown}");
        return new InheritEntry(defaults, entry.Child("variables") is { } variables ? ReadNames(variables) : null);
    }

    private static IReadOnlyList<string>? ReadNames(Entry entry)
    {
        if (entry.Value is YamlScalar { Kind: YamlScalarKind.Boolean, Text: var text })
            return text == "true" ? null : [];
        return entry.Texts("config should be a boolean or an array of strings");
    }
}
