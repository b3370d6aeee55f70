using Berth.Oci;
using Berth.Server.Access.Places;
using Berth.Server.Http;

namespace Berth.Server.Lifecycle;

/// <summary>How the API answers what was to be restored.</summary>
internal static class RestoreViews
{
    public static IResult Answer(Tag tag, TagRestore outcome) => outcome switch
    {
        TagRestore.Restored restored => Results.Json(new ApiRestoredTag(tag.ToString(), restored.Digest.ToString())),
        TagRestore.Taken => ApiError.Of(409, Reason(outcome)!),
        TagRestore.Gone gone => Gone(gone.Missing),
        _ => ApiError.NotFound("Deleted Tag"),
    };

    /// <summary>Of many tags. <paramref name="goesOn"/>: another call may follow, behind the last tag.</summary>
    public static IResult Answer(List<RestoredTag>? tags, bool goesOn) => tags is null ? ApiError.NotFound("Container Repository") : Results.Json(new ApiRestoredTags(
        tags.Where(tag => tag.Outcome is TagRestore.Restored).Select(tag => new ApiRestoredTag(tag.Tag.ToString(), ((TagRestore.Restored)tag.Outcome).Digest.ToString())),
        tags.Where(tag => tag.Outcome is not TagRestore.Restored).Select(tag => new ApiRefusedTag(tag.Tag.ToString(), Reason(tag.Outcome))),
        goesOn && tags.Count >= TagRestores.MaxTags ? tags[^1].Tag.ToString() : null));

    public static IResult Gone(IReadOnlyList<Digest> missing) => ApiError.Of(409, Reason(new TagRestore.Gone(missing))!);

    /// <summary>As clients name the image, without the host.</summary>
    public static string Path(ProjectRow project, string name) => name.Length == 0 ? project.FullPath.ToLowerInvariant() : $"{project.FullPath.ToLowerInvariant()}/{name}";

    private static string? Reason(TagRestore outcome) => outcome switch
    {
        TagRestore.Restored => null,
        TagRestore.Taken taken => $"the tag is there and is {taken.Current}: restore it with force, and that one can be restored in turn",
        TagRestore.Gone gone => $"what the tag stood for is kept no more: {string.Join(", ", gone.Missing.Take(5))}{(gone.Missing.Count > 5 ? $" and {gone.Missing.Count - 5} more" : "")}; push it again",
        _ => "nothing is kept of such a tag",
    };
}
