using System.Diagnostics.CodeAnalysis;

namespace Berth.Oci;

/// <summary>
/// What stands behind <c>/manifests/</c>: a digest or a tag (distribution-spec 1.1, "Pulling manifests"). A text with
/// <c>:</c> can only be a digest, since no tag holds one. Exactly one of <see cref="Tag"/> and <see cref="Digest"/> is set.
/// </summary>
public readonly record struct Reference : ISpanParsable<Reference>
{
    public Reference(Tag tag) => Tag = tag;

    public Reference(Digest digest) => Digest = digest;

    public Tag? Tag { get; }

    public Digest? Digest { get; }

    public override string ToString() => Digest?.ToString() ?? Tag?.ToString()
        ?? throw new InvalidOperationException("A default Reference refers to nothing.");

    public static bool TryParse(ReadOnlySpan<char> s, out Reference reference)
    {
        reference = default;
        if (s.Contains(':'))
        {
            if (!Oci.Digest.TryParse(s, out var digest))
                return false;
            reference = new Reference(digest);
            return true;
        }
        if (!Oci.Tag.TryParse(s, out var tag))
            return false;
        reference = new Reference(tag);
        return true;
    }

    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Reference result) => TryParse(s, out result);

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Reference result) =>
        TryParse(s.AsSpan(), out result);

    public static Reference Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) => TryParse(s, out var reference)
        ? reference
        : throw new FormatException("A reference is a digest (sha256:… or sha512:…), or a tag of up to 128 letters, digits, '_', '.' or '-'.");

    public static Reference Parse(string s, IFormatProvider? provider = null) => Parse(s.AsSpan(), provider);
}
