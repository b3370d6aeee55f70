namespace Berth.Server.Projects;

/// <summary>GitLab's words for the values of our enums: the names in lower case.</summary>
internal static class Words
{
    public static string Of(Enum value) => value.ToString().ToLowerInvariant();

    /// <summary>One of the names, in lower case as GitLab has them; no number and no list, which Enum.TryParse would take.</summary>
    public static bool TryParse<T>(string word, out T value)
        where T : struct, Enum
    {
        foreach (var one in Enum.GetValues<T>())
        {
            value = one;
            if (string.Equals(word, Of(one), StringComparison.Ordinal))
                return true;
        }
        value = default;
        return false;
    }
}
