namespace Berth.Server.Projects;

/// <summary>What people write about a project or group: text of several lines.</summary>
internal static class Descriptions
{
    /// <summary>GitLab's for projects.</summary>
    private const int MaxLength = 2000;

    /// <summary>Why the text is refused; null if it is good or there is none.</summary>
    public static string? Refusal(string? text) => text switch
    {
        null => null,
        { Length: > MaxLength } => $"is too long (maximum is {MaxLength} characters)",
        _ => text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')) ? "cannot contain control characters" : null,
    };
}
