namespace Berth.Pipelines;

/// <summary>Names made fit for host names and tags, as in <c>CI_COMMIT_REF_SLUG</c>.</summary>
public static class Slug
{
    /// <summary>A DNS label's length (RFC 1035), as GitLab cuts.</summary>
    public const int MaxLength = 63;

    /// <summary>
    /// Lower-case; every character outside <c>a-z0-9</c> becomes <c>-</c>; cut at 63; only then <c>-</c> is stripped from both
    /// ends (GitLab's lib/gitlab/utils.rb). May be empty.
    /// </summary>
    public static string Of(string text)
    {
        Span<char> slug = stackalloc char[MaxLength];
        var length = 0;
        // Runes, because a character beyond the basic plane is one character to GitLab.
        foreach (var rune in text.EnumerateRunes())
        {
            if (length == MaxLength)
                break;
            // Lower-case first: the Kelvin sign and its like become ASCII letters, as in Ruby.
            var lower = System.Text.Rune.ToLowerInvariant(rune);
            slug[length++] = lower.IsAscii && char.IsAsciiLetterOrDigit((char)lower.Value) ? (char)lower.Value : '-';
        }
        return slug[..length].Trim('-').ToString();
    }
}
