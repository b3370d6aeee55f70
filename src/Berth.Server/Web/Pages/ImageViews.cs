namespace Berth.Server.Web.Pages;

/// <summary>A tag in a list. Size in bytes, time in microseconds.</summary>
/// <param name="Reference">What docker pull takes.</param>
/// <param name="Image">The image's name within the project; empty for the project's own.</param>
/// <param name="Tag">The tag.</param>
/// <param name="Url">Its page.</param>
/// <param name="Digest">Of its manifest.</param>
/// <param name="Size">With all that it references.</param>
/// <param name="Platforms">As os/architecture; several for an index, none where nothing says.</param>
/// <param name="Kind">What it is where it is no image of one platform: 'index', or the type of an artifact.</param>
/// <param name="PublishedAt">When the tag was pushed.</param>
/// <param name="IsSigned">A signature is attached, which nobody verified.</param>
/// <param name="By">Who pushed it, as far as the viewer may know.</param>
/// <param name="From">The job that pushed it, as far as the viewer may know.</param>
public sealed record TagLine(
    string Reference, string Image, string Tag, string Url, string Digest, long Size, IReadOnlyList<string> Platforms, string? Kind, long PublishedAt, bool IsSigned, string? By, TagOrigin? From);

/// <summary>The job that pushed a tag.</summary>
public sealed record TagOrigin(long JobId, string Job, long PipelineId, string Ref, string Sha);

/// <summary>An image of a project: its number, its name as clients write it, and the address of its page.</summary>
public sealed record ImageHead(long Id, string Name, string Url)
{
    /// <summary>What docker pull takes for a manifest.</summary>
    public string Pinned(string digest) => $"{Name}@{digest}";

    public string Tag(string tag) => $"{Url}/tags/{tag}";

    public string Manifest(string digest) => $"{Url}/manifests/{digest}";

    public string Compare(string from, string to) => $"{Url}/compare?from={Uri.EscapeDataString(from)}&to={Uri.EscapeDataString(to)}";
}

/// <summary>An image in a list. Size in bytes, time in microseconds; null if it never had a tag.</summary>
public sealed record ImageLine(ImageHead Head, long TagCount, long Size, long? LastPublishedAt);

/// <summary>A page of a project's images, with what the reader looks for and the order.</summary>
public sealed record ImagesView(
    ProjectHead Project, IReadOnlyList<ImageLine> Images, string Filter, string Sort, bool Descending, bool IsFirstPage, string? Next, string Registry)
{
    /// <summary>The image that was just deleted.</summary>
    public DeletedNote? Note { get; init; }

    /// <summary>May see what was deleted.</summary>
    public bool SeesDeleted { get; init; }

    public string Url => Project.Url("container_registry");

    /// <summary>The list in another order, from its beginning.</summary>
    public string Ordered(string sort, bool descending) => ListUrls.Ordered(Url, Filter, sort, descending);
}

/// <summary>A page of one image's tags.</summary>
/// <param name="Project">Its project.</param>
/// <param name="Image">The image.</param>
/// <param name="Tags">Those of this page.</param>
/// <param name="Filter">What the reader looks for.</param>
/// <param name="Sort">By what: name, published or size.</param>
/// <param name="Descending">In which direction.</param>
/// <param name="IsFirstPage">Nothing stands before.</param>
/// <param name="Next">Where the list goes on; null at its end.</param>
/// <param name="MayDelete">Tags can be chosen.</param>
public sealed record ImageView(
    ProjectHead Project, ImageHead Image, IReadOnlyList<TagLine> Tags, string Filter, string Sort, bool Descending, bool IsFirstPage, string? Next, bool MayDelete)
{
    /// <summary>All of the image can be deleted, and tags by a rule.</summary>
    public bool MayDeleteImage { get; init; }

    /// <summary>What was just deleted.</summary>
    public DeletedNote? Note { get; init; }

    /// <summary>How many tags were just restored.</summary>
    public long? Restored { get; init; }

    /// <summary>The list in another order, from its beginning.</summary>
    public string Ordered(string sort, bool descending) => ListUrls.Ordered(Image.Url, Filter, sort, descending);
}

/// <summary>Addresses of lists, with their state.</summary>
internal static class ListUrls
{
    public static string Ordered(string url, string filter, string sort, bool descending) =>
        $"{url}?sort={sort}&order={(descending ? "desc" : "asc")}{(filter.Length == 0 ? "" : $"&q={Uri.EscapeDataString(filter)}")}";
}
