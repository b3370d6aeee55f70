using System.Collections.Frozen;
using System.Collections.ObjectModel;
using System.Text.Json;

namespace Berth.Oci;

/// <summary>
/// The fields of one JSON object in a manifest, read by name and type; what is wrong is said with the field's path.
/// <c>null</c> counts as absent, as it does for clients written in Go.
/// </summary>
internal readonly struct JsonFields
{
    private readonly JsonElement _object;
    private readonly string _path;

    /// <param name="element">The object.</param>
    /// <param name="path">Where it stands, for messages; empty for the document itself.</param>
    /// <param name="known">The field names of the specs, compared without regard to case.</param>
    /// <exception cref="ManifestInvalidException">It is no object, or a field differs from a known one only by case.</exception>
    public JsonFields(JsonElement element, string path, FrozenSet<string> known)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw new ManifestInvalidException($"{path} is a JSON {KindOf(element)}; it must be an object.");
        _object = element;
        _path = path;
        foreach (var property in element.EnumerateObject())
        {
            // Go's decoder, which most clients are built on, takes "Layers" for "layers", and U+017F and U+212A for s and k.
            // A document that they and we would read differently is refused (compare CVE-2021-41190).
            var name = property.Name;
            var folded = name.Replace('\u017f', 's').Replace('\u212a', 'k');
            if (known.TryGetValue(folded, out var meant) && meant != name)
                throw new ManifestInvalidException($"{PathOf(name)} differs from {meant} only by case; write {meant}.");
        }
    }

    public bool Has(string name) => TryGet(name, out _);

    public bool TryGet(string name, out JsonElement value) =>
        _object.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A string, or null if it is absent or empty.</summary>
    public string? Text(string name)
    {
        if (!TryGet(name, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.String)
            throw WrongKind(name, value, "a string");
        return value.GetString() is { Length: > 0 } text ? text : null;
    }

    /// <summary>
    /// A media type of at most <see cref="OciLimits.MaxMediaTypeLength"/> characters, or null if absent or empty. Control
    /// characters are in none (RFC 6838, section 4.2), and databases refuse some of them.
    /// </summary>
    public string? MediaType(string name)
    {
        var text = Text(name);
        if (text?.Length > OciLimits.MaxMediaTypeLength)
            throw new ManifestInvalidException($"{PathOf(name)} is longer than {OciLimits.MaxMediaTypeLength} characters; shorten it.");
        return text is null || !text.Any(char.IsControl)
            ? text
            : throw new ManifestInvalidException($"{PathOf(name)} holds a control character, which no media type does; take it out.");
    }

    /// <summary>A map from string to string, empty if absent.</summary>
    public IReadOnlyDictionary<string, string> Annotations(string name)
    {
        if (!TryGet(name, out var map))
            return ReadOnlyDictionary<string, string>.Empty;
        if (map.ValueKind != JsonValueKind.Object)
            throw WrongKind(name, map, "an object of strings");
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var annotation in map.EnumerateObject())
        {
            if (annotation.Value.ValueKind != JsonValueKind.String)
                throw WrongKind($"{name}[{Quote(annotation.Name)}]", annotation.Value, "a string");
            annotations.Add(annotation.Name, annotation.Value.GetString()!);
        }
        return annotations;
    }

    public IReadOnlyList<string> Texts(string name)
    {
        if (!TryGet(name, out var array))
            return [];
        if (array.ValueKind != JsonValueKind.Array)
            throw WrongKind(name, array, "an array of strings");
        var texts = new List<string>();
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String)
                throw WrongKind($"{name}[{texts.Count}]", item, "a string");
            texts.Add(item.GetString()!);
        }
        return texts;
    }

    /// <summary>The path of a field of this object, for messages.</summary>
    public string PathOf(string name)
    {
        var shown = Shorten(name);
        return _path.Length == 0 ? shown : $"{_path}.{shown}";
    }

    public ManifestInvalidException WrongKind(string name, JsonElement value, string wanted) =>
        new($"{PathOf(name)} is a JSON {KindOf(value)}; it must be {wanted}.");

    public static string KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.Null => "null",
        _ => "boolean",
    };

    /// <summary>Text of the document for a message: at most 100 characters, none of them a control character.</summary>
    public static string Quote(string text) => $"\"{Shorten(text)}\"";

    private static string Shorten(string text)
    {
        const int Longest = 100;
        var shown = text.Length > Longest ? string.Concat(text.AsSpan(0, Longest), "…") : text;
        return string.Create(shown.Length, shown, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++)
                to[i] = char.IsControl(from[i]) || char.IsSurrogate(from[i]) ? '?' : from[i];
        });
    }
}
