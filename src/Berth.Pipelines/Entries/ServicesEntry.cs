using System.Collections.Frozen;
using Berth.Pipelines.Yaml;

namespace Berth.Pipelines.Entries;

/// <summary>services: a list of strings and maps.</summary>
internal static class ServicesEntry
{
    private static readonly FrozenSet<string> Keys = FrozenSet.Create("name", "entrypoint", "pull_policy", "docker", "alias", "command", "variables");
    private static readonly FrozenSet<string> UnsupportedKeys = FrozenSet.Create("kubernetes", "ports");

    public static IReadOnlyList<ServiceDefinition>? Read(Entry entry)
    {
        if (entry.Value is not YamlList list)
        {
            entry.Error("config should be an array");
            return null;
        }
        var services = new List<ServiceDefinition>();
        foreach (var item in list.Items)
        {
            if (ReadService(new Entry(item, $"{entry.Place}:service", entry.Errors)) is { } service)
                services.Add(service);
        }
        return services;
    }

    private static ServiceDefinition? ReadService(Entry entry)
    {
        if (entry.Value is YamlMap)
            entry.CheckKeys(Keys, UnsupportedKeys);
        if (ImageEntry.ReadShared(entry) is not { } image)
            return null;
        var alias = entry.Child("alias")?.TextOr("should be a string");
        var command = entry.Child("command")?.TextOrTexts();
        var variables = entry.Child("variables") is { } own ? VariablesEntry.Read(own, isGlobal: false) ?? [] : [];
        return new ServiceDefinition(image, alias, command, variables);
    }
}
