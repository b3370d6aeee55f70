using System.Buffers;
using System.Text;

namespace Berth.Runner.Trace;

/// <summary>
/// Replaces secrets in a stream of bytes by <c>[MASKED]</c>, also where a secret is split over several writes: what may be the
/// beginning of one is held back until more comes or the stream ends. Three kinds: whole values, the longest first; the rest of
/// a word after a token's prefix (<c>glpat-[MASKED]</c>); and the values of query parameters that authenticate
/// (<c>private_token=[MASKED]</c>).
/// </summary>
internal sealed class SecretMask
{
    private static readonly byte[] Replacement = "[MASKED]"u8.ToArray();

    /// <summary>GitLab's own prefixes; a coordinator may add to them.</summary>
    private static readonly string[] TokenPrefixes = ["glpat-", "gldt-", "glrt-", "glrtr-", "glcbt-", "glptt-", "glft-", "glimt-", "glagent-", "gloas-", "glsoat-", "GR1348941"];

    private static readonly string[] QueryParameters =
        ["private_token=", "authenticity_token=", "rss_token=", "x-amz-signature=", "x-amz-security-token=", "x-amz-credential="];

    private static readonly SearchValues<byte> TokenCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.="u8);
    private static readonly SearchValues<byte> ParameterEnds = SearchValues.Create("& \t\r\n\"'\0"u8);

    private readonly Pattern[] _patterns;
    private readonly SearchValues<byte> _starts;
    private readonly ArrayBufferWriter<byte> _output = new();
    private byte[] _held = [];
    private Skip _skip;

    /// <param name="values">Secrets; those of fewer than two characters can't be masked without spoiling the log.</param>
    /// <param name="tokenPrefixes">Prefixes of tokens beside the known ones.</param>
    public SecretMask(IEnumerable<string> values, IEnumerable<string> tokenPrefixes)
    {
        var patterns = values.Where(value => value.Length > 1).Distinct().Select(value => new Pattern(Encoding.UTF8.GetBytes(value), Skip.None))
            .Concat(TokenPrefixes.Concat(tokenPrefixes.Where(prefix => prefix.Length > 2)).Distinct().Select(prefix => new Pattern(Encoding.UTF8.GetBytes(prefix), Skip.Token)))
            .Concat(QueryParameters.Select(name => new Pattern(Encoding.ASCII.GetBytes(name), Skip.Parameter)));
        _patterns = [.. patterns.OrderByDescending(pattern => pattern.Bytes.Length)];
        _starts = SearchValues.Create([.. _patterns.SelectMany(pattern => pattern.Starts).Distinct()]);
    }

    /// <summary>What may be shown of all written so far and not shown yet; valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(ReadOnlySpan<byte> bytes) => Mask(bytes, isLast: false);

    /// <summary>What was held back: nothing more comes.</summary>
    public ReadOnlySpan<byte> Flush() => Mask([], isLast: true);

    private ReadOnlySpan<byte> Mask(ReadOnlySpan<byte> bytes, bool isLast)
    {
        _output.ResetWrittenCount();
        var all = _held.Length == 0 ? bytes : (byte[])[.. _held, .. bytes];
        var at = 0;
        while (at < all.Length)
        {
            at += Skipped(all[at..]);
            var next = all[at..].IndexOfAny(_starts);
            _output.Write(next < 0 ? all[at..] : all.Slice(at, next));
            at = next < 0 ? all.Length : at + next;
            if (at == all.Length)
                break;
            var (match, mayContinue) = Match(all[at..]);
            if (mayContinue && !isLast)
                break;
            if (match is null)
                _output.Write(all.Slice(at++, 1));
            else
                at += Replace(match, all.Slice(at, match.Bytes.Length));
        }
        _held = all[at..].ToArray();
        if (isLast)
            _skip = Skip.None;
        return _output.WrittenSpan;
    }

    /// <summary>The longest pattern that stands here, unless a longer one may turn out to once more bytes come.</summary>
    private (Pattern? Match, bool MayContinue) Match(ReadOnlySpan<byte> rest)
    {
        foreach (var pattern in _patterns)
        {
            if (rest.Length < pattern.Bytes.Length)
            {
                if (pattern.Begins(rest))
                    return (Shorter(rest), true);
            }
            else if (pattern.Begins(rest[..pattern.Bytes.Length]))
            {
                return (pattern, false);
            }
        }
        return (null, false);
    }

    private Pattern? Shorter(ReadOnlySpan<byte> rest)
    {
        foreach (var pattern in _patterns)
        {
            if (pattern.Bytes.Length <= rest.Length && pattern.Begins(rest[..pattern.Bytes.Length]))
                return pattern;
        }
        return null;
    }

    private int Replace(Pattern pattern, ReadOnlySpan<byte> matched)
    {
        if (pattern.Then != Skip.None)
            _output.Write(matched);
        _output.Write(Replacement);
        _skip = pattern.Then;
        return matched.Length;
    }

    /// <summary>How much of the beginning belongs to a token or parameter that is masked already.</summary>
    private int Skipped(ReadOnlySpan<byte> rest)
    {
        if (_skip == Skip.None)
            return 0;
        var end = _skip == Skip.Token ? rest.IndexOfAnyExcept(TokenCharacters) : rest.IndexOfAny(ParameterEnds);
        if (end < 0)
            return rest.Length;
        _skip = Skip.None;
        return end;
    }

    private enum Skip
    {
        None,
        Token,
        Parameter,
    }

    private sealed record Pattern(byte[] Bytes, Skip Then)
    {
        /// <summary>Query parameters are written in either case.</summary>
        private bool IgnoresCase => Then == Skip.Parameter;

        public IEnumerable<byte> Starts => IgnoresCase ? [Bytes[0], (byte)char.ToUpperInvariant((char)Bytes[0])] : [Bytes[0]];

        /// <summary>Whether <paramref name="bytes"/>, no longer than the pattern, is a beginning of it.</summary>
        public bool Begins(ReadOnlySpan<byte> bytes) =>
            IgnoresCase ? Ascii.EqualsIgnoreCase(bytes, Bytes.AsSpan(0, bytes.Length)) : bytes.SequenceEqual(Bytes.AsSpan(0, bytes.Length));
    }
}
