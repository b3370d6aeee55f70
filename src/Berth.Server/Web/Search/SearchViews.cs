namespace Berth.Server.Web.Search;

/// <summary>Something that was found: where it is, its name, what of it matched if the name does not show it, and when it was published (microseconds).</summary>
public sealed record FoundLine(string Url, string Name, string? Match, long? At);

/// <summary>What was found of one kind. <c>More</c>: where the rest of it is.</summary>
public sealed record FoundSection(string Kind, string Title, IReadOnlyList<FoundLine> Lines, string? More);

/// <summary>The page of a search. <c>Kind</c>: the only one that is looked for, or empty; <c>Problem</c>: why the text finds nothing of it.</summary>
public sealed record SearchView(string Text, string Kind, IReadOnlyList<FoundSection> Sections, string? Problem)
{
    /// <summary>What can be looked for, as the address says it and as people do.</summary>
    public static readonly IReadOnlyList<(string Kind, string Title)> Kinds =
        [("", "All"), ("project", "Projects"), ("group", "Groups"), ("repository", "Images"), ("tag", "Tags"), ("digest", "Digests"), ("commit", "Commits"), ("label", "Labels")];

    public static string Url(string text, string kind, string? rest = null) =>
        $"{SearchPageEndpoints.Path}?q={Uri.EscapeDataString(text)}{(kind.Length == 0 ? "" : $"&kind={kind}")}{(rest is null ? "" : "&" + rest)}";
}
