namespace Berth.Runner.Configuration;

/// <summary>Finds the key that somebody may have meant.</summary>
internal static class EditDistance
{
    /// <summary>The one of <paramref name="known"/> that is fewest edits away, without regard to case; null if none is near.</summary>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        var nearest = known.MinBy(candidate => Between(name.ToUpperInvariant(), candidate.ToUpperInvariant()));
        // Further than half of its letters away, it is no slip of the fingers.
        return nearest is null || Between(name.ToUpperInvariant(), nearest.ToUpperInvariant()) > Math.Max(2, name.Length / 2) ? null : nearest;
    }

    /// <summary>Levenshtein's distance: how many characters to insert, delete or replace.</summary>
    private static int Between(string from, string to)
    {
        var previous = Enumerable.Range(0, to.Length + 1).ToArray();
        var current = new int[to.Length + 1];
        for (var i = 0; i < from.Length; i++)
        {
            current[0] = i + 1;
            for (var j = 0; j < to.Length; j++)
                current[j + 1] = Math.Min(Math.Min(current[j], previous[j + 1]) + 1, previous[j] + (from[i] == to[j] ? 0 : 1));
            (previous, current) = (current, previous);
        }
        return previous[to.Length];
    }
}
