using Berth.Server.Http;

namespace Berth.Server.Images;

/// <summary>Which tags of a repository are wanted, in which order, from where on.</summary>
/// <param name="Text">Part of the name, without regard to case; with '^' in front its beginning, with regard to it. Empty for all.</param>
/// <param name="Sort">By what.</param>
/// <param name="Descending">The largest, newest, or last in the alphabet first.</param>
/// <param name="After">The last tag of the page before; null for the first page.</param>
internal sealed record TagFilter(string Text, TagSort Sort, bool Descending, TagPosition? After)
{
    /// <summary>Greater than every character of a tag, as the space is less than any.</summary>
    private const string Last = "~";

    public bool IsFiltered => Text.Length > 0;

    /// <summary>Names in a row from one place on are read without looking at any other.</summary>
    public bool IsRange => Text.Length == 0 || (Text[0] == '^' && Sort == TagSort.Name);

    private string Prefix => Text.StartsWith('^') ? Text[1..] : "";

    /// <summary>The parameters of the queries.</summary>
    public object Parameters(long repository, int limit, int scan)
    {
        var (low, high) = (Prefix, Prefix + Last);
        if (Sort == TagSort.Name && After is { } after)
            (low, high) = Descending ? (low, after.Tag) : (after.Tag + " ", high);
        return new
        {
            repository,
            low,
            high,
            pattern = Text.Length == 0 || Text[0] == '^' ? "%" : LikePattern.Holding(Text),
            key = After?.Position ?? (Descending ? long.MaxValue : -1),
            name = After?.Tag ?? "",
            limit,
            scan,
            skip = scan - 1,
        };
    }
}

internal enum TagSort
{
    Published,
    Name,
    Size,
}

/// <summary>A place in an order of tags: the time or size, and the name.</summary>
internal sealed record TagPosition(string Tag, long Position);
