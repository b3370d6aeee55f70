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
}
