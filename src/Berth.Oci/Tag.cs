using System.Diagnostics.CodeAnalysis;

namespace Berth.Oci;

/// <summary>
/// A tag: a letter, digit or <c>_</c>, then up to 127 letters, digits, <c>_</c>, <c>.</c> or <c>-</c>
/// (distribution-spec 1.1, "Pulling manifests").
/// </summary>
public readonly record struct Tag : ISpanParsable<Tag>
{
    public const int MaxLength = OciLimits.MaxTagLength;

    private readonly string? _text;

    private Tag(string text) => _text = text;

    public override string ToString() => _text ?? throw new InvalidOperationException("A default Tag names nothing.");

    public static bool TryParse(ReadOnlySpan<char> s, out Tag tag)
    {
        tag = default;
        if (s.Length is 0 or > MaxLength || s[0] is '.' or '-')
            return false;
        foreach (var c in s)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-'))
                return false;
        }
        tag = new Tag(s.ToString());
        return true;
    }

    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Tag result) => TryParse(s, out result);

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Tag result) => TryParse(s.AsSpan(), out result);

    public static Tag Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) => TryParse(s, out var tag)
        ? tag
        : throw new FormatException("A tag is up to 128 letters, digits, '_', '.' or '-', and begins with neither of the last two.");

    public static Tag Parse(string s, IFormatProvider? provider = null) => Parse(s.AsSpan(), provider);
}
