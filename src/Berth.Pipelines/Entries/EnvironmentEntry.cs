using System.Buffers;
using System.Collections.Frozen;
using Berth.Pipelines.Yaml;

namespace Berth.Pipelines.Entries;

/// <summary>environment: its name, as a string or in a map.</summary>
internal static class EnvironmentEntry
{
    private const int MaxNameLength = 255;

    private static readonly FrozenSet<string> Keys = FrozenSet.Create("name");
    private static readonly FrozenSet<string> UnsupportedKeys = FrozenSet.Create("url", "action", "on_stop", "auto_stop_in", "deployment_tier", "kubernetes");

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_/${}. ");

    public static string? Read(Entry entry)
    {
        if (entry.Value is not YamlMap)
            return entry.TextOr("config should be a hash or a string") is { } text ? Check(entry, text) : null;
        entry.CheckKeys(Keys, UnsupportedKeys);
        if (entry.Child("name") is { } name)
            return name.TextOr("should be a string") is { } given ? Check(entry, given) : null;
        entry.Error("name can't be blank");
        return null;
    }

    private static string Check(Entry entry, string name)
    {
        if (string.IsNullOrWhiteSpace(name))
            entry.Error("name can't be blank");
        else if (name.Length > MaxNameLength)
            entry.Error($"name is too long (maximum is {MaxNameLength} characters)");
        else if (name.AsSpan().ContainsAnyExcept(NameCharacters) || name.StartsWith('/') || name.EndsWith('/'))
            entry.Error("name can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces, but it cannot start or end with '/'");
        return name;
    }
}
