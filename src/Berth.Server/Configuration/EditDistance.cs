namespace Berth.Server.Configuration;

/// <summary>Finds the name that somebody may have meant.</summary>
internal static class EditDistance
{
    /// <summary>The one of <paramref name="known"/> that is fewest edits away, without regard to case.</summary>
    public static string Nearest(string name, IEnumerable<string> known) =>
        known.MinBy(candidate => Between(name.ToUpperInvariant(), candidate.ToUpperInvariant())) ?? throw new ArgumentException("No names are known.", nameof(known));

    /// <summary>Levenshtein's distance: how many characters to insert, delete or replace.</summary>
    public static int Between(ReadOnlySpan<char> from, ReadOnlySpan<char> to)
    {
        var row = new int[to.Length + 1];
        for (var j = 0; j <= to.Length; j++)
            row[j] = j;
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (from[i - 1] == to[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[^1];
    }
}
