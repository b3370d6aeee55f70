using System.Text.Json;
using System.Text.Unicode;

namespace Berth.Oci;

/// <summary>
/// From the bytes of a manifest to JSON that means the same to every reader: UTF-8, one object, no field twice, bounded in
/// depth and in tokens, every string a sequence of characters.
/// </summary>
internal static class ManifestJson
{
    private const int Depth = OciLimits.MaxManifestDepth;

    public static JsonElement Read(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
            throw new ManifestInvalidException("The manifest is not UTF-8 text; push the JSON document itself, not compressed.");
        Scan(json);
        var root = ReadTree(json);
        return root.ValueKind == JsonValueKind.Object
            ? root
            : throw new ManifestInvalidException($"The manifest is a JSON {JsonFields.KindOf(root)}; push a JSON object.");
    }

    /// <summary>
    /// Holds the limits before anything is allocated for the document, and unescapes what is escaped, so that reading a
    /// string later cannot fail.
    /// </summary>
    private static void Scan(ReadOnlySpan<byte> json)
    {
        // One level more than allowed, so that the message below is ours.
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Depth + 1 });
        try
        {
            for (var tokens = 0; reader.Read(); tokens++)
            {
                if (tokens == OciLimits.MaxManifestTokens)
                    throw new ManifestInvalidException($"The manifest holds more than {tokens} JSON tokens; move data into blobs.");
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth == Depth)
                    throw new ManifestInvalidException($"The manifest nests JSON deeper than {Depth} levels; move data into blobs.");
                if (reader.ValueIsEscaped)
                    _ = reader.GetString();
            }
        }
        catch (JsonException e)
        {
            throw new ManifestInvalidException(
                $"The manifest is not valid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1} of that line.", e);
        }
        catch (InvalidOperationException e)
        {
            throw new ManifestInvalidException("A string of the manifest holds half a surrogate pair (\\ud800 to \\udfff alone).", e);
        }
    }

    private static JsonElement ReadTree(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonElement.Parse(
                json,
                new JsonDocumentOptions { MaxDepth = Depth, AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            // The scan has read the document to its end, so this can only be a name that occurs twice; .NET's text names it.
            throw new ManifestInvalidException(
                $"A JSON object of the manifest holds a field twice, so clients could read it in two ways: {JsonFields.Quote(e.Message)}", e);
        }
    }
}
