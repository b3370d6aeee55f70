using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Berth.Tests.Configuration;

/// <summary>Checks JSON against a schema of draft 7: the keywords that the schema of berth.json uses, and no other.</summary>
internal static class JsonSchema
{
    private static readonly string[] Annotations = ["$schema", "title", "description", "default"];

    /// <summary>What is wrong, by path; empty if the instance fits.</summary>
    public static List<string> Violations(JsonObject schema, JsonNode? instance, string path = "$")
    {
        var found = new List<string>();
        foreach (var (keyword, value) in schema)
        {
            var problem = keyword switch
            {
                "type" => Types(value!).Any(type => IsOf(type, instance)) ? null : $"is no {value!.ToJsonString()}",
                "enum" => value!.AsArray().Any(choice => JsonNode.DeepEquals(choice, instance)) ? null : $"is none of {value!.ToJsonString()}",
                "pattern" => TextOf(instance) is { } text && !Regex.IsMatch(text, value!.GetValue<string>()) ? $"does not fit {value}" : null,
                "minimum" => IsOf("integer", instance) && instance!.GetValue<long>() < value!.GetValue<long>() ? $"is below {value}" : null,
                "items" => Items(value!.AsObject(), instance, path, found),
                "properties" or "patternProperties" or "additionalProperties" => null,
                _ => Annotations.Contains(keyword) ? null : throw new NotSupportedException($"The keyword {keyword} of {path} is not checked."),
            };
            if (problem is not null)
                found.Add($"{path} {problem}");
        }
        if (instance is JsonObject members)
            Members(schema, members, path, found);
        return found;
    }

    private static string? Items(JsonObject schema, JsonNode? instance, string path, List<string> found)
    {
        if (instance is JsonArray items)
            found.AddRange(items.SelectMany((item, index) => Violations(schema, item, $"{path}[{index}]")));
        return null;
    }

    private static void Members(JsonObject schema, JsonObject members, string path, List<string> found)
    {
        foreach (var (name, value) in members)
        {
            var rules = new List<JsonObject>();
            if (schema["properties"]?[name] is JsonObject own)
                rules.Add(own);
            foreach (var (pattern, rule) in schema["patternProperties"]?.AsObject() ?? [])
            {
                if (Regex.IsMatch(name, pattern))
                    rules.Add(rule!.AsObject());
            }
            if (rules.Count == 0 && schema["additionalProperties"] is JsonValue allowed && !allowed.GetValue<bool>())
                found.Add($"{path}.{name} is unknown");
            found.AddRange(rules.SelectMany(rule => Violations(rule, value, $"{path}.{name}")));
        }
    }

    private static IEnumerable<string> Types(JsonNode type) => type is JsonArray several ? several.Select(one => one!.GetValue<string>()) : [type.GetValue<string>()];

    private static string? TextOf(JsonNode? instance) => instance is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static bool IsOf(string type, JsonNode? instance) => type switch
    {
        "object" => instance is JsonObject,
        "array" => instance is JsonArray,
        "string" => TextOf(instance) is not null,
        "integer" => instance is JsonValue value && value.TryGetValue<long>(out _),
        _ => throw new NotSupportedException($"The type {type} is not checked."),
    };
}
