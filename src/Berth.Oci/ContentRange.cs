using System.Globalization;

namespace Berth.Oci;

/// <summary>
/// The <c>Content-Range</c> of an upload's chunk, <c>&lt;start&gt;-&lt;end&gt;</c>, both counted from 0 and both part of the chunk
/// (distribution-spec 1.1, "Pushing a blob in chunks"; not the form of RFC 9110). <see cref="Length"/> is at least 1.
/// </summary>
public readonly record struct ContentRange
{
    private const string Unit = "bytes ";

    private ContentRange(long start, long end) => (Start, End) = (start, end);

    public long Start { get; }

    /// <summary>The position of the chunk's last byte.</summary>
    public long End { get; }

    public long Length => End - Start + 1;

    /// <summary>The spec's form, whatever form was parsed.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Start}-{End}");

    /// <summary>
    /// Takes the spec's form, and RFC 9110's <c>bytes start-end/total</c> (total may be <c>*</c>, and may be left out), which
    /// clients with a general HTTP library send.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> header, out ContentRange range)
    {
        range = default;
        var total = long.MaxValue;
        if (header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
        {
            header = header[Unit.Length..];
            var slash = header.IndexOf('/');
            if (slash >= 0)
            {
                if (header[(slash + 1)..] is not "*" && !TryParsePosition(header[(slash + 1)..], out total))
                    return false;
                header = header[..slash];
            }
        }
        var dash = header.IndexOf('-');
        if (dash < 0 || !TryParsePosition(header[..dash], out var start) || !TryParsePosition(header[(dash + 1)..], out var end))
            return false;
        // The end is below long.MaxValue here, so that the length cannot overflow.
        if (end < start || end >= total)
            return false;
        range = new ContentRange(start, end);
        return true;
    }

    /// <summary>Digits alone: .NET's own reader lets NULs stand behind them.</summary>
    private static bool TryParsePosition(ReadOnlySpan<char> digits, out long position) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out position) && !digits.Contains('\0');
}
