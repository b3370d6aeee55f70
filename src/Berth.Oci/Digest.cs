using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Berth.Oci;

/// <summary>
/// The address of content: <c>sha256:</c> and 64, or <c>sha512:</c> and 128, lower-case hex digits
/// (image-spec 1.1, descriptor.md, "Digests"). Other algorithms, upper case and other lengths are refused, so that one
/// content has one address per algorithm.
/// </summary>
public readonly record struct Digest : ISpanParsable<Digest>
{
    private const string Sha256Prefix = "sha256:";
    private const string Sha512Prefix = "sha512:";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly string? _text;

    private Digest(string text) => _text = text;

    public DigestAlgorithm Algorithm => Text.StartsWith(Sha256Prefix, StringComparison.Ordinal) ? DigestAlgorithm.Sha256 : DigestAlgorithm.Sha512;

    /// <summary>The hex digits behind the colon.</summary>
    public ReadOnlySpan<char> Hex => Text.AsSpan(Sha256Prefix.Length);

    private string Text => _text ?? throw new InvalidOperationException("A default Digest addresses nothing.");

    public override string ToString() => Text;

    /// <summary>The digest as the database holds it: a byte for the algorithm, then the hash.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[1 + Hex.Length / 2];
        bytes[0] = (byte)Algorithm;
        Convert.FromHexString(Hex, bytes.AsSpan(1), out _, out _);
        return bytes;
    }

    /// <exception cref="FormatException">The bytes are not what <see cref="ToBytes"/> makes.</exception>
    public static Digest FromBytes(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [(byte)DigestAlgorithm.Sha256, .. { Length: 32 } hash] => FromHash(DigestAlgorithm.Sha256, hash),
        [(byte)DigestAlgorithm.Sha512, .. { Length: 64 } hash] => FromHash(DigestAlgorithm.Sha512, hash),
        _ => throw new FormatException("The database holds a digest of an unknown algorithm or length."),
    };

    /// <exception cref="ArgumentException">The hash has not the length of that algorithm, or the algorithm is unknown.</exception>
    public static Digest FromHash(DigestAlgorithm algorithm, ReadOnlySpan<byte> hash) => (algorithm, hash.Length) switch
    {
        (DigestAlgorithm.Sha256, SHA256.HashSizeInBytes) => new(string.Concat(Sha256Prefix, Convert.ToHexStringLower(hash))),
        (DigestAlgorithm.Sha512, SHA512.HashSizeInBytes) => new(string.Concat(Sha512Prefix, Convert.ToHexStringLower(hash))),
        _ => throw new ArgumentException($"A hash of {hash.Length} bytes is none of {algorithm}.", nameof(hash)),
    };

    /// <summary>Hashes <paramref name="content"/>.</summary>
    public static Digest Of(DigestAlgorithm algorithm, ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA512.HashSizeInBytes];
        var length = algorithm == DigestAlgorithm.Sha256 ? SHA256.HashData(content, hash) : SHA512.HashData(content, hash);
        return FromHash(algorithm, hash[..length]);
    }

    public static bool TryParse(ReadOnlySpan<char> s, out Digest digest)
    {
        digest = default;
        var hexLength = s.StartsWith(Sha256Prefix, StringComparison.Ordinal) ? 2 * SHA256.HashSizeInBytes
            : s.StartsWith(Sha512Prefix, StringComparison.Ordinal) ? 2 * SHA512.HashSizeInBytes
            : 0;
        if (hexLength == 0 || s.Length != Sha256Prefix.Length + hexLength || s[Sha256Prefix.Length..].ContainsAnyExcept(HexDigits))
            return false;
        digest = new Digest(s.ToString());
        return true;
    }

    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Digest result) => TryParse(s, out result);

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Digest result) => TryParse(s.AsSpan(), out result);

    public static Digest Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) => TryParse(s, out var digest)
        ? digest
        : throw new FormatException("A digest is sha256: and 64, or sha512: and 128, lower-case hex digits.");

    public static Digest Parse(string s, IFormatProvider? provider = null) => Parse(s.AsSpan(), provider);
}
