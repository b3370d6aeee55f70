using System.Collections.Frozen;
using Berth.Pipelines.Yaml;

namespace Berth.Pipelines.Entries;

/// <summary>
/// variables: names with scalars, which become strings as Ruby writes them (<c>010</c> is <c>8</c>, <c>yes</c> is
/// <c>true</c>), or with maps of value and expand. Description and options are for people who start pipelines by hand.
/// </summary>
internal static class VariablesEntry
{
    private static readonly FrozenSet<string> GlobalKeys = FrozenSet.Create("value", "description", "options", "expand");
    private static readonly FrozenSet<string> Keys = FrozenSet.Create("value", "expand");

    public static IReadOnlyList<VariableDefinition>? Read(Entry entry, bool isGlobal)
    {
        if (entry.Value is not YamlMap map)
        {
            entry.Error("config should be a hash of key value pairs, value can be a hash");
            return null;
        }
        var variables = new List<VariableDefinition>();
        foreach (var (key, keyAt, value) in map.Entries)
        {
            // A name with one of these cannot be set in any process' environment.
            if (key == "" || key.AsSpan().ContainsAny('=', '\0'))
                entry.ErrorAt(keyAt, $"config has a variable name that no environment can hold: {key.Replace('\0', ' ')}");
            else if (ReadVariable(new Entry(value, $"{entry.Place}:{key}", entry.Errors), key, isGlobal) is { } variable)
                variables.Add(variable);
        }
        return variables;
    }

    private static VariableDefinition? ReadVariable(Entry entry, string key, bool isGlobal)
    {
        if (entry.Value is YamlScalar scalar)
            return new VariableDefinition(key, scalar.Text, Raw: false);
        if (entry.Value is not YamlMap map)
        {
            entry.Error("variable definition must be either a string or a hash");
            return null;
        }
        var unknown = map.Entries.Where(part => !(isGlobal ? GlobalKeys : Keys).Contains(part.Key)).ToList();
        if (unknown.Count > 0)
            entry.ErrorAt(unknown[0].KeyAt, $"config uses invalid data keys: {string.Join(", ", unknown.Select(part => part.Key))}");
        if (map["description"] is not (null or YamlScalar))
            entry.Error("config description must be a scalar");
        var expand = entry.Child("expand")?.Boolean("config expand should be a boolean value") ?? true;
        var value = map["value"];
        if (value is not (null or YamlScalar))
            entry.ErrorAt(value.At, "config value must be a scalar");
        var text = (value as YamlScalar)?.Text ?? "";
        if (isGlobal && entry.Child("options") is { } options && options.Texts("config options should be an array of strings") is { } allowed && !allowed.Contains(text))
            entry.Error("config value must be present in options");
        return new VariableDefinition(key, text, Raw: !expand);
    }
}
