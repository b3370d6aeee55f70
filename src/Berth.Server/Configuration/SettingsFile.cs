using System.Text.Json;

namespace Berth.Server.Configuration;

/// <summary>
/// Reads berth.json into flat names and texts. Nested objects are joined by <c>__</c>, arrays of texts by <c>;</c>; comments
/// and trailing commas are allowed; <c>$schema</c> is for editors.
/// </summary>
internal static class SettingsFile
{
    /// <summary>The file that is read from the working directory where no other is named.</summary>
    public const string DefaultName = "berth.json";

    /// <summary>Where a file with more bytes is refused: by then it is no settings file.</summary>
    private const int LargestFile = 1024 * 1024;

    private static readonly JsonDocumentOptions Json = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    /// <param name="path">The file's full path.</param>
    /// <param name="shown">The path as the operator wrote it, for messages.</param>
    public static IReadOnlyList<(string Name, string Text)> Read(string path, string shown)
    {
        try
        {
            using var stream = File.OpenRead(path);
            if (stream.Length > LargestFile)
                throw new SettingsException($"{shown} is larger than 1 MiB; settings are a small JSON file");
            using var document = JsonDocument.Parse(stream, Json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new SettingsException($"{shown} holds no JSON object; allowed is {{ \"Setting\": \"value\", … }}");
            var found = new List<(string, string)>();
            Flatten(document.RootElement, "", shown, found);
            return found;
        }
        catch (JsonException e)
        {
            // The parser's own message may repeat a value.
            var place = e.LineNumber is { } line ? $" in line {line + 1}, byte {e.BytePositionInLine + 1}" : ", a name stands in it twice";
            throw new SettingsException($"{shown} is not well-formed JSON{place}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"{shown} can't be read: {e.Message}");
        }
    }

    private static void Flatten(JsonElement section, string prefix, string shown, List<(string Name, string Text)> found)
    {
        foreach (var property in section.EnumerateObject())
        {
            var name = prefix + property.Name;
            if (name == "$schema")
                continue;
            if (property.Value.ValueKind == JsonValueKind.Object)
                Flatten(property.Value, name + "__", shown, found);
            else if (property.Value.ValueKind != JsonValueKind.Null)
                found.Add((name, Text(property.Value, name, shown)));
        }
    }

    private static string Text(JsonElement value, string name, string shown) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            string.Join(';', value.EnumerateArray().Select(item => item.GetString())),
        _ => throw new SettingsException(name, shown, "it is neither text nor number nor a list of texts"),
    };
}
