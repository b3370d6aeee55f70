namespace Berth.Server.Access;

/// <summary>Names that people give to things: any text without control characters, of which PostgreSQL cannot even store NUL.</summary>
internal static class PlainText
{
    /// <summary>Longest name or e-mail address; GitLab's.</summary>
    private const int MaxLength = 255;

    /// <summary>Why the text is refused; null if it is good or there is none.</summary>
    public static string? Refusal(string? text) => text switch
    {
        null => null,
        { Length: > MaxLength } => $"is too long (maximum is {MaxLength} characters)",
        _ => text.Any(char.IsControl) ? "cannot contain control characters" : null,
    };

    /// <summary>For logs and audit events: without line breaks, escapes and turns of direction, so that no name makes up lines where it is printed.</summary>
    public static string Shown(string? text, int most) => string.Concat((text ?? "").Take(most).Select(letter =>
        char.IsControl(letter) || char.IsSurrogate(letter) || letter is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') ? '?' : letter));
}
