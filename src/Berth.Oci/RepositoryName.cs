using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Berth.Oci;

/// <summary>
/// The name of a repository in an image reference: components joined by <c>/</c>, each of runs of <c>a-z0-9</c> that are
/// separated by one <c>.</c>, one <c>_</c>, two <c>_</c>, or any number of <c>-</c> (distribution-spec 1.1, "Pulling
/// manifests"). At most 255 characters, the limit of distribution and of GitLab's registry.
/// </summary>
public readonly record struct RepositoryName : ISpanParsable<RepositoryName>
{
    public const int MaxLength = OciLimits.MaxRepositoryNameLength;

    private static readonly SearchValues<char> LettersAndDigits = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");

    private readonly string? _text;

    private RepositoryName(string text) => _text = text;

    public override string ToString() => _text ?? throw new InvalidOperationException("A default RepositoryName names nothing.");

    public static bool TryParse(ReadOnlySpan<char> s, out RepositoryName name)
    {
        name = IsValid(s) ? new RepositoryName(s.ToString()) : default;
        return name._text is not null;
    }

    public static bool TryParse([NotNullWhen(true)] string? s, out RepositoryName name)
    {
        name = IsValid(s) ? new RepositoryName(s!) : default;
        return name._text is not null;
    }

    private static bool IsValid(ReadOnlySpan<char> s)
    {
        if (s.Length is 0 or > MaxLength)
            return false;
        foreach (var component in s.Split('/'))
        {
            if (!IsComponent(s[component]))
                return false;
        }
        return true;
    }

    /// <summary>Whether <paramref name="s"/> may stand between two slashes of a repository name.</summary>
    public static bool IsComponent(ReadOnlySpan<char> s)
    {
        while (true)
        {
            var run = s.IndexOfAnyExcept(LettersAndDigits);
            if (run < 0)
                return s.Length > 0;
            if (run == 0)
                return false;
            s = s[run..];
            var separator = SeparatorLength(s);
            if (separator == 0)
                return false;
            s = s[separator..];
        }
    }

    /// <summary>The length of the separator that <paramref name="s"/> begins with, or 0.</summary>
    private static int SeparatorLength(ReadOnlySpan<char> s) => s switch
    {
        ['.', ..] => 1,
        ['_', '_', ..] => 2,
        ['_', ..] => 1,
        ['-', ..] => s.IndexOfAnyExcept('-') is var dashes and > 0 ? dashes : s.Length,
        _ => 0,
    };

    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out RepositoryName result) => TryParse(s, out result);

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out RepositoryName result) => TryParse(s, out result);

    public static RepositoryName Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) => TryParse(s, out var name)
        ? name
        : throw new FormatException("A repository name is lower-case components joined by '/', at most 255 characters.");

    public static RepositoryName Parse(string s, IFormatProvider? provider = null) => Parse(s.AsSpan(), provider);
}
