namespace Berth.Server.Web.Pages;

/// <summary>What a manifest holds. Sizes in bytes, times in microseconds.</summary>
public sealed record ManifestView(ProjectHead Project, ImageHead Image, string? Tag, string Digest, string MediaType, long Size, long PublishedAt)
{
    /// <summary>What is to be read in full, as the address says; null for the page of everything.</summary>
    public string? Part { get; init; }

    /// <summary>What it is, in a word: image, index, artifact.</summary>
    public string Kind { get; init; } = "image";

    public string? ArtifactType { get; init; }

    public string? Subject { get; init; }

    public string? Platform { get; init; }

    public long? CreatedAt { get; init; }

    public bool IsSigned { get; init; }

    /// <summary>The tag can be deleted, and given back what it stood for before.</summary>
    public bool MayDelete { get; init; }

    public string? By { get; init; }

    public TagOrigin? From { get; init; }

    /// <summary>Why nothing can be read of the manifest, or of its config.</summary>
    public string? Problem { get; init; }

    /// <summary>What an image's config says once: user, entrypoint …</summary>
    public IReadOnlyList<Entry> Config { get; init; } = [];

    public EntryList Environment { get; init; } = EntryList.None;

    public EntryList Labels { get; init; } = EntryList.None;

    public EntryList Annotations { get; init; } = EntryList.None;

    /// <summary>Sizes of all layers, for the bar.</summary>
    public IReadOnlyList<long> LayerSizes { get; init; } = [];

    public Part<LayerLine> Layers { get; init; } = Part<LayerLine>.None;

    /// <summary>The history has another number of layers than the manifest.</summary>
    public bool HistoryDiffers { get; init; }

    public Part<PlatformLine> Platforms { get; init; } = Part<PlatformLine>.None;

    public Part<ReferrerLine> Referrers { get; init; } = Part<ReferrerLine>.None;

    /// <summary>What cosign attached by tag.</summary>
    public IReadOnlyList<AttachedTag> Attached { get; init; } = [];

    /// <summary>The text of an artifact's small layers.</summary>
    public IReadOnlyList<TextContent> Contents { get; init; } = [];

    /// <summary>Tags that point at it; at most a handful.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    public Part<TagEventLine> Events { get; init; } = Part<TagEventLine>.None;

    /// <summary>The document, indented; null where it is too long for a page.</summary>
    public string? Json { get; init; }

    public bool HasConfig { get; init; }

    public string Url => Tag is { } tag ? Image.Tag(tag) : Image.Manifest(Digest);

    public string Reference => Tag is { } tag ? $"{Image.Name}:{tag}" : Image.Pinned(Digest);

    /// <summary>Whether the page shows a part: all of them, or the one that the address names.</summary>
    public bool Shows(string part) => Part is null || Part == part;
}

/// <summary>A name and what stands behind it.</summary>
public sealed record Entry(string Name, string Value);

/// <summary>Part of a list: what is shown of it, how much there is, where it goes on.</summary>
/// <param name="Lines">What is shown.</param>
/// <param name="Total">How many there are in all; null where they are not counted.</param>
/// <param name="Next">Where the rest is; null if this is the end.</param>
public sealed record Part<T>(IReadOnlyList<T> Lines, int? Total, string? Next)
{
    public static readonly Part<T> None = new([], 0, null);
}

/// <summary>Part of a list of names and values.</summary>
public sealed record EntryList(IReadOnlyList<Entry> Lines, int Total, string? Next)
{
    public static readonly EntryList None = new([], 0, null);
}

/// <summary>A layer, or a line of the build that made none. <c>Number</c>: of the layer, from 1; null without one.</summary>
public sealed record LayerLine(int? Number, string? Digest, long Size, string? MediaType, string? Instruction, string? Comment);

/// <summary>A child of an index. <c>Url</c>: its page; null if it was not pushed here. <c>AttestationOf</c>: what it attests.</summary>
public sealed record PlatformLine(string? Platform, string Digest, string? Url, long? Size, string? AttestationOf);

/// <summary>What is attached to a manifest.</summary>
public sealed record ReferrerLine(string Digest, string Url, string Type, string Word, long Size, long PublishedAt, IReadOnlyList<Entry> Annotations, IReadOnlyList<TextContent> Contents);

/// <summary>What cosign attached by a tag. <c>Word</c>: what it is.</summary>
public sealed record AttachedTag(string Tag, string Word);

/// <summary>A small text that an artifact holds. <c>IsCut</c>: more of it is behind.</summary>
public sealed record TextContent(string MediaType, string Text, long Size, bool IsCut);

/// <summary>
/// What happened to a tag. <c>Difference</c>: the page that compares it with what was before. <c>EndedBy</c>: the event before which the
/// tag is put back to this digest; null if it stands for it now, or that is kept no more.
/// </summary>
public sealed record TagEventLine(string Word, string? Digest, string? Previous, long At, string? By, TagOrigin? From, string? Difference, long? EndedBy);

/// <summary>Two manifests beside each other. <c>Problem</c>: why they cannot be compared.</summary>
public sealed record CompareView(ProjectHead Project, ImageHead Image, string From, string To)
{
    public string? Problem { get; init; }

    public CompareSide? Old { get; init; }

    public CompareSide? New { get; init; }

    public IReadOnlyList<LayerChangeLine> Layers { get; init; } = [];

    /// <summary>How many layers there are; the page shows the first ones.</summary>
    public int LayerCount { get; init; }

    public IReadOnlyList<ConfigChangeLine> Config { get; init; } = [];

    public int ConfigCount { get; init; }

    public IReadOnlyList<PlatformChangeLine> Platforms { get; init; } = [];
}

public sealed record CompareSide(string Digest, long Size, string? Note);

/// <summary>A layer that is in both, or in one. <c>Word</c>: same, added, removed.</summary>
public sealed record LayerChangeLine(string Word, string Digest, long Size);

public sealed record ConfigChangeLine(string Field, string Name, string? From, string? To);

/// <summary>A platform of an index. <c>Url</c>: the comparison of its two images, where they differ.</summary>
public sealed record PlatformChangeLine(string Platform, string Word, string? Url);
