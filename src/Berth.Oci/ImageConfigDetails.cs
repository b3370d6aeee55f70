using System.Text.Json;

namespace Berth.Oci;

/// <summary>
/// What people are shown of an image's config (image-spec 1.1, config.md), OCI's or Docker's. Lenient as <see cref="ImageConfig"/>: a
/// field that is absent or of another type is null or empty, and of a field that occurs twice the last counts. The texts are a user's,
/// of any length up to that of the config.
/// </summary>
public sealed class ImageConfigDetails
{
    private ImageConfigDetails()
    {
    }

    /// <summary>Platform and creation time.</summary>
    public required ImageConfig Facts { get; init; }

    public string? Author { get; init; }

    public string? User { get; init; }

    public string? WorkingDirectory { get; init; }

    public string? StopSignal { get; init; }

    /// <summary>Each as NAME=VALUE.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>As 8080/tcp.</summary>
    public IReadOnlyList<string> Ports { get; init; } = [];

    public IReadOnlyList<string> Volumes { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];

    /// <summary>The lines of the build, the oldest first.</summary>
    public IReadOnlyList<BuildStep> History { get; init; } = [];

    /// <summary>
    /// Null if the bytes are not one JSON object in UTF-8, more than <see cref="OciLimits.MaxConfigBytes"/>, nested deeper than
    /// <see cref="OciLimits.MaxManifestDepth"/>, or of more than <see cref="OciLimits.MaxManifestTokens"/> tokens. Never throws.
    /// </summary>
    public static ImageConfigDetails? TryParse(ReadOnlyMemory<byte> json)
    {
        if (ImageConfig.TryParse(json.Span) is not { } facts)
            return null;
        try
        {
            if (!IsBounded(json.Span))
                return null;
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = OciLimits.MaxManifestDepth });
            return Read(document.RootElement, facts);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second: a string holds half a surrogate pair.
            return null;
        }
    }

    /// <summary>Before anything is allocated for the document: twelve bytes a token.</summary>
    private static bool IsBounded(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = OciLimits.MaxManifestDepth });
        for (var tokens = 0; reader.Read(); tokens++)
        {
            if (tokens == OciLimits.MaxManifestTokens)
                return false;
        }
        return true;
    }

    private static ImageConfigDetails Read(JsonElement root, ImageConfig facts)
    {
        var config = root.TryGetProperty("config", out var found) && found.ValueKind == JsonValueKind.Object ? found : default;
        return new ImageConfigDetails
        {
            Facts = facts,
            Author = Text(root, "author"),
            User = Text(config, "User"),
            WorkingDirectory = Text(config, "WorkingDir"),
            StopSignal = Text(config, "StopSignal"),
            Environment = Texts(config, "Env"),
            Entrypoint = Texts(config, "Entrypoint"),
            Command = Texts(config, "Cmd"),
            Ports = Names(config, "ExposedPorts"),
            Volumes = Names(config, "Volumes"),
            Labels = [.. Members(config, "Labels").GroupBy(label => label.Name, StringComparer.Ordinal).Select(same => same.Last()).Where(label => label.Value.ValueKind == JsonValueKind.String).Select(label => KeyValuePair.Create(label.Name, label.Value.GetString()!))],
            History = [.. Items(root, "history").Where(item => item.ValueKind == JsonValueKind.Object).Select(Step)],
        };
    }

    private static BuildStep Step(JsonElement item)
    {
        var created = item.TryGetProperty("created", out var time) && time.ValueKind == JsonValueKind.String && time.TryGetDateTimeOffset(out var at) && at.Year > 1 ? at.ToUniversalTime() : (DateTimeOffset?)null;
        var isEmpty = item.TryGetProperty("empty_layer", out var empty) && empty.ValueKind == JsonValueKind.True;
        return new BuildStep(Text(item, "created_by") ?? "", Text(item, "comment"), created, isEmpty);
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static List<string> Texts(JsonElement parent, string name) =>
        [.. Items(parent, name).Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)];

    private static List<string> Names(JsonElement parent, string name) => [.. Members(parent, name).Select(member => member.Name)];

    private static IEnumerable<JsonElement> Items(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array ? array.EnumerateArray() : [];

    private static IEnumerable<JsonProperty> Members(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var map) && map.ValueKind == JsonValueKind.Object ? map.EnumerateObject() : [];
}

/// <summary>A line of an image's history: what was done, and whether it made no layer.</summary>
public sealed record BuildStep(string CreatedBy, string? Comment, DateTimeOffset? Created, bool IsEmpty);
