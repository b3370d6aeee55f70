using System.Text.Json;

namespace Berth.Oci;

/// <summary>
/// The labels of an image's config (image-spec 1.1, config.md, "Labels"), OCI's or Docker's, for finding images by them: the first
/// <see cref="MaxLabels"/> that have a key of at most <see cref="MaxLength"/> characters, none of them a control character. Of a longer
/// value its start. A label with a NUL, which no database takes, is left out.
/// </summary>
public static class ImageLabels
{
    public const int MaxLabels = 100;

    public const int MaxLength = 255;

    /// <summary>Empty if there are none, or the bytes are no image config. Never throws.</summary>
    public static IReadOnlyDictionary<string, string> Read(ReadOnlyMemory<byte> json)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        if (json.Length > OciLimits.MaxConfigBytes)
            return labels;
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("config", out var config)
                && config.ValueKind == JsonValueKind.Object && config.TryGetProperty("Labels", out var found) && found.ValueKind == JsonValueKind.Object)
                Add(found, labels);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // Half a surrogate pair in a text is found only when that text is read: what was read before it counts.
        }
        return labels;
    }

    private static void Add(JsonElement found, Dictionary<string, string> labels)
    {
        foreach (var label in found.EnumerateObject())
        {
            if (labels.Count == MaxLabels)
                return;
            if (label.Value.ValueKind == JsonValueKind.String && label.Name is { Length: > 0 and <= MaxLength } key && !key.Any(char.IsControl)
                && label.Value.GetString()! is var value && !value.Contains('\0', StringComparison.Ordinal))
                labels[key] = Start(value);
        }
    }

    /// <summary>The start of a value as labels are kept by it.</summary>
    public static string Start(string value) => value.Length <= MaxLength ? value : value[..(char.IsHighSurrogate(value[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
}
