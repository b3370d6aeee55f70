using System.Collections.Frozen;
using Berth.Pipelines.Yaml;

namespace Berth.Pipelines.Entries;

/// <summary>image, and what services share with it.</summary>
internal static class ImageEntry
{
    private static readonly FrozenSet<string> Keys = FrozenSet.Create("name", "entrypoint", "pull_policy", "docker");
    private static readonly FrozenSet<string> UnsupportedKeys = FrozenSet.Create("kubernetes", "ports");
    private static readonly FrozenSet<string> DockerKeys = FrozenSet.Create("platform", "user");
    private static readonly FrozenSet<string> PullPolicies = FrozenSet.Create("always", "if-not-present", "never");

    public static ImageDefinition? Read(Entry entry)
    {
        if (entry.Value is YamlMap)
            entry.CheckKeys(Keys, UnsupportedKeys);
        return ReadShared(entry);
    }

    /// <summary>A string or a map, the keys of which are checked.</summary>
    public static ImageDefinition? ReadShared(Entry entry)
    {
        if (entry.Value is YamlMap)
        {
            if (ReadName(entry) is not { } name)
                return null;
            var entrypoint = entry.Child("entrypoint") is { } commands
                ? commands.TextOrTexts("config should be an array of strings or a string")
                : null;
            var policies = entry.Child("pull_policy") is { } policy ? ReadPullPolicies(policy) : [];
            var (platform, user) = entry.Child("docker") is { } docker ? ReadDocker(docker) : default;
            return new ImageDefinition(name, entrypoint, policies, platform, user);
        }
        if (entry.TextOr("config should be a hash or a string") is not { } text)
            return null;
        if (string.IsNullOrWhiteSpace(text))
            entry.Error("name can't be blank");
        return new ImageDefinition(text, null, [], null, null);
    }

    private static string? ReadName(Entry entry)
    {
        if (entry.Child("name") is not { } name)
            entry.Error("name can't be blank");
        else if (name.Text is null)
            name.Error("should be a string");
        else if (string.IsNullOrWhiteSpace(name.Text))
            entry.ErrorAt(name.At, "name can't be blank");
        else
            return name.Text;
        return null;
    }

    private static IReadOnlyList<string> ReadPullPolicies(Entry entry)
    {
        var policies = entry.TextOrTexts() ?? [];
        var unknown = policies.Where(policy => !PullPolicies.Contains(policy)).ToList();
        if (unknown.Count > 0)
            entry.Error($"config contains unknown values: {string.Join(", ", unknown)}");
        return policies;
    }

    private static (string? Platform, string? User) ReadDocker(Entry entry)
    {
        if (entry.Value is not YamlMap)
        {
            entry.Error("config should be a hash");
            return default;
        }
        entry.CheckKeys(DockerKeys, FrozenSet<string>.Empty);
        return (ReadOption(entry.Child("platform")), ReadOption(entry.Child("user")));
    }

    /// <summary>A user may be a number, which docker takes as text.</summary>
    private static string? ReadOption(Entry? entry)
    {
        if (entry is not { } given)
            return null;
        if (given.Value is YamlScalar { Kind: YamlScalarKind.String or YamlScalarKind.Integer, Text: var text })
            return text;
        given.Error("should be a string");
        return null;
    }
}
