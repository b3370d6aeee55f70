using Berth.Server.Access.Registry;

namespace Berth.Server.Images;

/// <summary>What was found. <c>Next</c>: from where a further page goes on; null if this is all.</summary>
internal sealed record SearchPage(List<SearchResult> Results, string? Next)
{
    public static SearchPage Empty => new([], null);

    /// <summary>Of up to one result more than the page holds.</summary>
    public static SearchPage Of(List<SearchResult> found, int limit) => found.Count <= limit
        ? new(found, null)
        : new(found[..limit], found[limit - 1].Cursor.ToString());
}

/// <summary>Something that was found, of an image that the caller may pull.</summary>
internal sealed record SearchResult(SearchKind Kind, VisibleImage Image, SearchRow Row)
{
    /// <summary>Of the manifest, as the database has it; empty of a repository.</summary>
    public string DigestHex => Row.Digest is null ? "" : Convert.ToHexStringLower(Row.Digest);

    public SearchCursor Cursor => Kind switch
    {
        SearchKind.Repository => new(Image.ImageName, Ended: true, "", ""),
        SearchKind.Tag => new(Image.ImageName, Ended: false, Row.Tag ?? "", ""),
        // The slash is less than any digit, so these texts have the order of commits, and of tags for each.
        SearchKind.Commit => new(Image.ImageName, Ended: false, $"{Row.Sha}/{Row.Tag}", ""),
        SearchKind.Digest => new(Image.ImageName, Ended: false, "", DigestHex),
        SearchKind.Label => new(Image.ImageName, Ended: false, Row.Label ?? "", DigestHex),
        _ => throw new InvalidOperationException("Nothing else is searched for."),
    };
}

/// <summary>A row of a search; what its kind does not have is null. The tag of a digest or label is the first of that manifest.</summary>
internal sealed record SearchRow
{
    public long RepositoryId { get; init; }

    /// <summary>0: what was found is deleted.</summary>
    public long IsLive { get; init; }

    public string? Tag { get; init; }

    public byte[]? Digest { get; init; }

    public long? PublishedAt { get; init; }

    /// <summary>The value of the label, or its start.</summary>
    public string? Label { get; init; }

    public long? PipelineId { get; init; }

    public string? Ref { get; init; }

    public string? Sha { get; init; }

    public long? JobId { get; init; }
}
