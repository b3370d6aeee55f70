namespace Berth.Oci;

/// <summary>A part of a blob, never empty: <paramref name="Length"/> bytes from <paramref name="Offset"/> on.</summary>
public readonly record struct ByteRange(long Offset, long Length)
{
    private const string Unit = "bytes=";

    /// <summary>The <c>Content-Range</c> of the 206 for this part of a blob of <paramref name="total"/> bytes.</summary>
    public string ToContentRange(long total) => $"bytes {Offset}-{Offset + Length - 1}/{total}";

    /// <summary>The <c>Content-Range</c> of a 416 for a blob of <paramref name="total"/> bytes.</summary>
    public static string UnsatisfiedContentRange(long total) => $"bytes */{total}";

    /// <summary>
    /// Reads a <c>Range</c> header (RFC 9110, section 14). Ignored, as section 14.2 allows: other units, several ranges, and
    /// what is no range at all. Not satisfiable: what begins at or behind the end, <c>-0</c>, and a range that ends before
    /// it begins (<c>500-0</c>), which the RFC lets a server ignore too but the OCI conformance suite wants as 416. Numbers
    /// of any length are understood. An empty blob satisfies no range from an offset, and a suffix of it is the whole.
    /// </summary>
    /// <param name="header">The header's value; empty if there is none.</param>
    /// <param name="length">Bytes of the blob.</param>
    /// <param name="range">The part, clipped to the blob, if the outcome is <see cref="RangeOutcome.Part"/>.</param>
    public static RangeOutcome Parse(ReadOnlySpan<char> header, long length, out ByteRange range)
    {
        range = default;
        if (!header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
            return RangeOutcome.Whole;
        var spec = header[Unit.Length..].Trim(" \t");
        var dash = spec.IndexOf('-');
        if (dash < 0 || spec.Length == 1)
            return RangeOutcome.Whole;
        if (!TryParsePosition(spec[..dash], 0, out var first) || !TryParsePosition(spec[(dash + 1)..], long.MaxValue, out var last))
            return RangeOutcome.Whole;
        return dash == 0 ? Suffix(last, length, out range) : Between(first, last, length, out range);
    }

    private static RangeOutcome Suffix(long wanted, long length, out ByteRange range)
    {
        var taken = Math.Min(wanted, length);
        range = taken > 0 ? new ByteRange(length - taken, taken) : default;
        if (wanted == 0)
            return RangeOutcome.NotSatisfiable;
        return length == 0 ? RangeOutcome.Whole : RangeOutcome.Part;
    }

    private static RangeOutcome Between(long first, long last, long length, out ByteRange range)
    {
        range = default;
        if (first >= length || last < first)
            return RangeOutcome.NotSatisfiable;
        range = new ByteRange(first, Math.Min(last, length - 1) - first + 1);
        return RangeOutcome.Part;
    }

    /// <summary>Digits; those too large for a <see cref="long"/> are behind the end of any blob, which is all that counts.</summary>
    private static bool TryParsePosition(ReadOnlySpan<char> digits, long ifEmpty, out long position)
    {
        position = ifEmpty;
        if (digits.IsEmpty)
            return true;
        if (digits.ContainsAnyExceptInRange('0', '9'))
            return false;
        if (!long.TryParse(digits, out position))
            position = long.MaxValue;
        return true;
    }
}
