using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Berth.Server.Configuration;

/// <summary>
/// The JSON schema of berth.json, for editors. Draft 7, because it is the last that all of them know. The program itself
/// allows more: names in any case.
/// </summary>
internal static class SettingsSchema
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string ToJson()
    {
        var sections = SettingDefinitions.All.Where(IsInSection).GroupBy(definition => definition.Section!);
        var properties = new JsonObject { ["$schema"] = new JsonObject { ["type"] = "string" } };
        foreach (var definition in SettingDefinitions.All.Where(definition => !IsInSection(definition)))
            Add(properties, definition, definition.Name);
        foreach (var section in sections)
            properties[section.Key] = Section(section);
        var schema = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "Settings of Berth (berth.json)",
            ["type"] = "object",
            ["properties"] = properties,
            ["patternProperties"] = FlatNames(),
            ["additionalProperties"] = false,
        };
        return schema.ToJsonString(Indented) + "\n";
    }

    /// <summary>Whether berth.json can nest the setting: not where the section's name is a setting itself, as with Tls.</summary>
    private static bool IsInSection(SettingDefinition definition) =>
        definition.Section is { } section && SettingDefinitions.All.All(other => other.Name != section);

    private static JsonObject Section(IEnumerable<SettingDefinition> definitions)
    {
        var properties = new JsonObject();
        foreach (var definition in definitions)
            Add(properties, definition, definition.Name[(definition.Section!.Length + 2)..]);
        return new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
    }

    /// <summary>Nested settings under one flat name, with <c>__</c> or <c>:</c>.</summary>
    private static JsonObject FlatNames()
    {
        var patterns = new JsonObject();
        foreach (var definition in SettingDefinitions.All.Where(definition => definition.Section is not null))
            Add(patterns, definition, $"^{definition.Name.Replace("__", "(__|:)", StringComparison.Ordinal)}", "$");
        return patterns;
    }

    private static void Add(JsonObject properties, SettingDefinition definition, string name, string end = "")
    {
        properties[name + end] = Property(definition);
        if (definition.IsSecret)
        {
            properties[name + SettingDefinition.FileSuffix + end] = new JsonObject
            {
                ["type"] = "string",
                ["description"] = $"The file that holds {definition.Name}; a newline at its end does not count.",
            };
        }
    }

    private static JsonObject Property(SettingDefinition definition)
    {
        var property = new JsonObject { ["description"] = $"{definition.Description.Replace("`", "", StringComparison.Ordinal)} Default: {definition.DefaultText}." };
        if (definition.Default is { } value)
            property["default"] = value;
        switch (definition.Kind)
        {
            case SettingKind.Choice:
                property["enum"] = new JsonArray([.. definition.Choices.Select(choice => JsonValue.Create(choice))]);
                break;
            case SettingKind.UrlList or SettingKind.NetworkList:
                property["type"] = new JsonArray("string", "array");
                property["items"] = new JsonObject { ["type"] = "string" };
                break;
            case SettingKind.Size:
                property["type"] = new JsonArray("string", "integer");
                property["minimum"] = 0;
                break;
            case SettingKind.Number:
                property["type"] = new JsonArray("string", "integer");
                property["minimum"] = 0;
                break;
            default:
                property["type"] = "string";
                break;
        }
        if (definition.Pattern is { } pattern)
            property["pattern"] = pattern;
        return property;
    }
}
