using System.Diagnostics.CodeAnalysis;
using Berth.Oci;

namespace Berth.Server.Images;

/// <summary>What images are searched by.</summary>
internal enum SearchKind
{
    /// <summary>A name from the start of one of its words on.</summary>
    Repository,

    /// <summary>The start of a tag.</summary>
    Tag,

    /// <summary>The start of a manifest's digest.</summary>
    Digest,

    /// <summary>The start of the id of the commit that a tag was pushed from.</summary>
    Commit,

    /// <summary>A label of the image's config, and the start of its value.</summary>
    Label,
}

/// <summary>What a search looks for: a range of an index, from one value up to, but not including, another.</summary>
/// <param name="Kind">In which index.</param>
/// <param name="From">A text, or bytes of a digest.</param>
/// <param name="End">The same.</param>
/// <param name="Key">Of a label.</param>
internal sealed record ImageSearchQuery(SearchKind Kind, object From, object End, string Key)
{
    /// <summary>Longest text that is searched for; no name is longer.</summary>
    public const int MaxLength = 1 + 2 * ImageLabels.MaxLength;

    /// <summary>Of a hexadecimal number: less finds everything.</summary>
    public const int MinHex = 4;

    private const int MaxHex = 128;

    /// <summary>The last character that there is.</summary>
    private const string Last = "\U0010FFFF";

    /// <summary>False if nothing of that kind can begin so.</summary>
    public static bool TryParse(SearchKind kind, string text, [NotNullWhen(true)] out ImageSearchQuery? query)
    {
        // No text in the database holds a NUL, and PostgreSQL takes none to look for.
        query = text.Length is 0 or > MaxLength || text.Contains('\0', StringComparison.Ordinal) ? null : kind switch
        {
            SearchKind.Repository => Texts(kind, text.ToLowerInvariant()),
            SearchKind.Tag => text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-') ? Texts(kind, text) : null,
            SearchKind.Digest => Digests(text.ToLowerInvariant()),
            SearchKind.Commit => IsHex(text, 64) ? Texts(kind, text.ToLowerInvariant()) : null,
            SearchKind.Label => Labels(text),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        return query is not null;
    }

    private static ImageSearchQuery Texts(SearchKind kind, string start) => new(kind, start, start + Last, "");

    private static ImageSearchQuery? Labels(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var (key, value) = equals < 0 ? (text, "") : (text[..equals], text[(equals + 1)..]);
        return key.Length == 0 ? null : new(SearchKind.Label, value, value + Last, key);
    }

    /// <summary>Without an algorithm it is sha256.</summary>
    private static ImageSearchQuery? Digests(string text)
    {
        var algorithm = text.StartsWith("sha512:", StringComparison.Ordinal) ? DigestAlgorithm.Sha512 : DigestAlgorithm.Sha256;
        var hex = text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..];
        if (!IsHex(hex, MaxHex) || (hex.Length < text.Length && !text.StartsWith("sha256:", StringComparison.Ordinal) && algorithm == DigestAlgorithm.Sha256))
            return null;
        byte[] Bytes(char filled) => [(byte)algorithm, .. Convert.FromHexString(hex.Length % 2 == 0 ? hex : hex + filled)];
        // Longer than any digest, so behind all that begin so.
        return new(SearchKind.Digest, Bytes('0'), Bytes('f').Concat(Enumerable.Repeat((byte)0xff, MaxHex / 2 + 1)).ToArray(), "");
    }

    private static bool IsHex(string text, int most) => text.Length >= MinHex && text.Length <= most && text.All(char.IsAsciiHexDigit);
}
