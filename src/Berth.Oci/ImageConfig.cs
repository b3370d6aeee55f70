using System.Text.Json;
using System.Text.Unicode;

namespace Berth.Oci;

/// <summary>
/// What Berth shows of an image's config (image-spec 1.1, config.md), OCI's or Docker's. It is for reading only, so it is
/// lenient: a field that is absent, of another type, over its limit, or with a control character is null, and of a field that
/// occurs twice the last counts.
/// </summary>
/// <param name="Os">At most <see cref="OciLimits.MaxPlatformTextLength"/> characters, as the next three.</param>
/// <param name="Architecture">As Go names it: <c>amd64</c>, <c>arm64</c>.</param>
/// <param name="Variant">Of the architecture: <c>v8</c>.</param>
/// <param name="OsVersion">What Windows images say.</param>
/// <param name="Created">In UTC. Null also for year 1, which tools in Go write for "not set".</param>
public sealed record ImageConfig(string? Os, string? Architecture, string? Variant, string? OsVersion, DateTimeOffset? Created)
{
    /// <summary>
    /// Null if the bytes are not one JSON object in UTF-8, or more than <see cref="OciLimits.MaxConfigBytes"/>. Never throws.
    /// </summary>
    public static ImageConfig? TryParse(ReadOnlySpan<byte> json)
    {
        if (json.Length > OciLimits.MaxConfigBytes || !Utf8.IsValid(json))
            return null;
        try
        {
            return Read(json);
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            // A string that is read holds half a surrogate pair (\ud800 alone).
            return null;
        }
    }

    private static ImageConfig? Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return null;
        var config = new ImageConfig(null, null, null, null, null);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            config = name switch
            {
                "os" => config with { Os = Text(reader) },
                "architecture" => config with { Architecture = Text(reader) },
                "variant" => config with { Variant = Text(reader) },
                "os.version" => config with { OsVersion = Text(reader) },
                "created" => config with { Created = Time(reader) },
                _ => config,
            };
            reader.Skip();
        }
        // Reading on finds what stands behind the object.
        reader.Read();
        return config;
    }

    private static string? Text(Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 and <= OciLimits.MaxPlatformTextLength } text
            && !text.Any(char.IsControl)
            ? text
            : null;

    /// <summary>RFC 3339 wants an offset; a time without one would be read in the server's zone.</summary>
    private static DateTimeOffset? Time(Utf8JsonReader reader)
    {
        if (Text(reader) is not { Length: >= 20 } text || !(text[^1] == 'Z' || text[^6] is '+' or '-'))
            return null;
        return reader.TryGetDateTimeOffset(out var time) && time.Year > 1 ? time.ToUniversalTime() : null;
    }
}
