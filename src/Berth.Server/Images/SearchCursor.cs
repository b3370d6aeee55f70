using System.Buffers.Text;
using System.Text.Json;

namespace Berth.Server.Images;

/// <summary>Where a page of a search ended. Texts go out and come back; whoever makes one up finds nothing more by it.</summary>
/// <param name="ImageName">The image at which it ended.</param>
/// <param name="Ended">Whether with all of that image.</param>
/// <param name="Text">In that image: the tag, the commit and the tag, or the label's value.</param>
/// <param name="DigestHex">In that image: the digest, as the database has it, in hexadecimal.</param>
internal sealed record SearchCursor(string ImageName, bool Ended, string Text, string DigestHex)
{
    public override string ToString() => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new[] { ImageName, Ended ? "1" : "", Text, DigestHex }));

    /// <summary>Null if it is none.</summary>
    public static SearchCursor? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(Base64Url.DecodeFromChars(text)) is [{ Length: > 0 } image, var ended, { } within, { } digest]
                && !image.Contains('\0', StringComparison.Ordinal) && !within.Contains('\0', StringComparison.Ordinal)
                && digest.All(char.IsAsciiHexDigit) && digest.Length % 2 == 0
                ? new SearchCursor(image, ended == "1", within, digest)
                : null;
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException)
        {
            return null;
        }
    }
}
