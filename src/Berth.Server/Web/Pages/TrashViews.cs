namespace Berth.Server.Web.Pages;

/// <summary>What was just deleted or restored, above a list. Times in microseconds.</summary>
/// <param name="What">The first names of it.</param>
/// <param name="Count">How many there are.</param>
/// <param name="IsMore">There are more than the count.</param>
/// <param name="KeepUntil">Until when it can be restored.</param>
/// <param name="Action">Where the form that undoes it goes.</param>
/// <param name="Deletion">The deletion that the form names; null where the address says it.</param>
public sealed record DeletedNote(IReadOnlyList<string> What, int Count, bool IsMore, long KeepUntil, string Action, long? Deletion);

/// <summary>A field in which the name of what is lost is to be typed. <c>Error</c>: what was wrong with what was.</summary>
public sealed record NameToType(string Name, string? Error);

/// <summary>Tags that are to be deleted. Times in microseconds.</summary>
/// <param name="Project">Their project.</param>
/// <param name="Image">Their image.</param>
/// <param name="Manifests">What they stand for; nothing if none of them is there.</param>
/// <param name="Confirm">What is to be typed.</param>
/// <param name="KeepUntil">Until when they can be restored, if they are deleted now.</param>
public sealed record DeleteTagsView(ProjectHead Project, ImageHead Image, IReadOnlyList<LostManifest> Manifests, NameToType Confirm, long KeepUntil)
{
    public IReadOnlyList<string> Tags => [.. Manifests.SelectMany(manifest => manifest.Tags)];

    public string Url => $"{Image.Url}/delete_tags";
}

/// <summary>A manifest of which tags are to go, and what leads to it then. Size in bytes.</summary>
public sealed record LostManifest(string Digest, long Size, IReadOnlyList<string> Tags, FirstFew OtherTags, FirstFew Indexes, FirstFew Referrers)
{
    public bool IsLeftAlone => OtherTags.Count == 0 && Indexes.Count == 0;
}

/// <summary>The first of some names, and how many there are.</summary>
public sealed record FirstFew(IReadOnlyList<string> Names, int Count, bool IsMore);

/// <summary>An image that is to be deleted with all its tags. <c>Tags</c>: the first of them.</summary>
public sealed record DeleteImageView(ProjectHead Project, ImageHead Image, IReadOnlyList<string> Tags, long TagCount, long Size, NameToType Confirm, long KeepUntil)
{
    public string Url => $"{Image.Url}/delete";
}

/// <summary>The form of a deletion by a rule, as it was filled in, and how the last one goes.</summary>
public sealed record DeleteByRuleView(ProjectHead Project, ImageHead Image, NameToType Confirm)
{
    public string Delete { get; init; } = "";

    public string Keep { get; init; } = "";

    public string KeepNewest { get; init; } = "";

    public string OlderThan { get; init; } = "";

    /// <summary>The field that is wrong, by its name; empty for the form as a whole.</summary>
    public string? WrongField { get; init; }

    public string? Problem { get; init; }

    public LastDeletion? Last { get; init; }

    public string Url => $"{Image.Url}/delete_by_rule";

    public string? ProblemOf(string field) => WrongField == field ? Problem : null;
}

/// <summary>The last deletion by a rule. Times in microseconds; <c>State</c>: running, finished or failed.</summary>
public sealed record LastDeletion(
    long Id, string State, string Delete, string? Keep, long KeepNewest, long? PublishedBefore, long Examined, long Deleted, string? Error, long RequestedAt, long? FinishedAt, long KeepUntil, bool IsRestorable);

/// <summary>What of a project can be restored. Times in microseconds.</summary>
public sealed record DeletedView(ProjectHead Project, IReadOnlyList<DeletedImageLine> Images, IReadOnlyList<DeletedGroup> Deletions, int TrashDays)
{
    /// <summary>The image whose tags alone are shown.</summary>
    public ImageHead? Image { get; init; }

    public string? NextImages { get; init; }

    public string? NextTags { get; init; }

    public bool IsFirstPage { get; init; }

    public bool RestoresImages { get; init; }

    /// <summary>What was restored just now.</summary>
    public RestoredNote? Restored { get; init; }

    public string Url => Project.Url("container_registry/deleted");
}

/// <summary>How many tags were restored, and of which image; or an image itself.</summary>
public sealed record RestoredNote(string Image, string Url, int? Tags);

public sealed record DeletedImageLine(long Id, string Name, long DeletedAt, long KeepUntil, string? By, string RestoreUrl);

/// <summary>Tags of one image that one deletion took, as far as they stand on this page.</summary>
public sealed record DeletedGroup(ImageHead Image, long DeletedAt, long KeepUntil, string? By, IReadOnlyList<DeletedTagLine> Tags);

public sealed record DeletedTagLine(string Tag, string Digest, bool WithManifest, long Event);

/// <summary>A restore that something is in the way of, and the ways on.</summary>
/// <param name="Project">The project.</param>
/// <param name="Title">What was to be restored.</param>
/// <param name="Problem">What is in the way.</param>
/// <param name="Action">Where the forms of this page go.</param>
public sealed record RestoreProblemView(ProjectHead Project, string Title, string Problem, string Action)
{
    /// <summary>Fields of the form that restores all the same; null if that is no way.</summary>
    public IReadOnlyList<Entry>? Force { get; init; }

    /// <summary>Fields of the form that restores the rest; null if there is none.</summary>
    public IReadOnlyList<Entry>? GoOn { get; init; }

    /// <summary>Another name can be given, here with what was typed.</summary>
    public string? OtherName { get; init; }

    /// <summary>What comes before the name.</summary>
    public string NamePrefix { get; init; } = "";

    public string? NameError { get; init; }

    /// <summary>What could not be restored of many, with why.</summary>
    public IReadOnlyList<Entry> Refused { get; init; } = [];

    public int RefusedCount { get; init; }

    /// <summary>Pages to look at, by what they show.</summary>
    public IReadOnlyList<Entry> Links { get; init; } = [];
}

/// <summary>Deleted projects that the reader owns.</summary>
public sealed record DeletedProjectsView(IReadOnlyList<DeletedProjectLine> Projects, string? Next, bool IsFirstPage)
{
    /// <summary>The project that could not be restored to its path.</summary>
    public DeletedProjectLine? Refused { get; init; }

    public string? Problem { get; init; }

    public string OtherPath { get; init; } = "";
}

public sealed record DeletedProjectLine(long Id, string Namespace, string Path, string Visibility, long DeletedAt, long KeepUntil)
{
    public string FullPath => $"{Namespace}/{Path}";

    public string RestoreUrl => $"/-/deleted_projects/{Id}/restore";
}
