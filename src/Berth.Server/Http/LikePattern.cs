namespace Berth.Server.Http;

/// <summary>What a search looks for as a pattern of SQL's LIKE with '\' as its escape, in lower case.</summary>
internal static class LikePattern
{
    /// <summary>Longest text that is searched for; no name is longer.</summary>
    private const int MaxLength = 255;

    /// <summary>Everything that holds the text; empty for no search.</summary>
    public static string Holding(string? text)
    {
        // No name holds a NUL, and PostgreSQL takes none to look for.
        var wanted = (text ?? "").Replace("\0", "", StringComparison.Ordinal).ToLowerInvariant();
        if (wanted.Length == 0)
            return "";
        // PostgreSQL takes no half of a surrogate pair.
        if (wanted.Length > MaxLength)
            wanted = wanted[..(char.IsHighSurrogate(wanted[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
        return $"%{wanted.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)}%";
    }
}
