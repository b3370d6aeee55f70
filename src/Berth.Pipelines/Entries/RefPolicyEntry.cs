using System.Collections.Frozen;
using Berth.Pipelines.Expressions;
using Berth.Pipelines.Yaml;

namespace Berth.Pipelines.Entries;

/// <summary>only and except: a list of refs, or a map of refs and variables.</summary>
internal static class RefPolicyEntry
{
    private static readonly FrozenSet<string> Keys = FrozenSet.Create("refs", "variables");
    private static readonly FrozenSet<string> UnsupportedKeys = FrozenSet.Create("changes", "kubernetes");

    public static RefPolicy? Read(Entry entry)
    {
        if (entry.Value is YamlList)
            return new RefPolicy(ReadRefs(entry), null);
        if (entry.Value is not YamlMap map)
        {
            entry.Error("has to be either an array of conditions or a hash");
            return null;
        }
        if (map.Entries.Count == 0)
            entry.Error("config can't be blank");
        entry.CheckKeys(Keys, UnsupportedKeys);
        return new RefPolicy(
            entry.Child("refs") is { } refs ? ReadRefs(refs) : null,
            entry.Child("variables") is { } variables ? ReadVariables(entry, variables) : null);
    }

    private static IReadOnlyList<string>? ReadRefs(Entry entry)
    {
        const string Error = "config should be an array of strings or regular expressions using re2 syntax";
        var refs = entry.Texts(Error);
        if (refs is null)
            return null;
        for (var i = 0; i < refs.Count; i++)
        {
            if (Pattern.LooksLikeOne(refs[i]) && !Pattern.TryParse(refs[i], out _))
                entry.ErrorAt(((YamlList)entry.Value).Items[i].At, Error);
        }
        return refs;
    }

    private static IReadOnlyList<string>? ReadVariables(Entry policy, Entry variables)
    {
        if (variables.Texts() is not { } expressions)
            return null;
        foreach (var item in ((YamlList)variables.Value).Items)
            RulesEntry.ReadExpression(policy, item, "variables");
        return expressions;
    }
}
