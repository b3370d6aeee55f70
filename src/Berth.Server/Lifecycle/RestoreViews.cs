using System.Globalization;
using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Distribution;
using Berth.Server.Http;

namespace Berth.Server.Lifecycle;

/// <summary>What the API shows of what was deleted and restored.</summary>
internal static class RestoreViews
{
    public static object Of(DeletedTag tag) => new
    {
        name = tag.Tag,
        repository_id = tag.RepositoryId,
        digest = Digest.FromBytes(tag.Digest).ToString(),
        with_manifest = tag.Action == (long)TagAction.ManifestDeleted,
        event_id = tag.Id,
        deletion_id = tag.DeletedAt,
        deleted_at = AccessTokenView.Time(tag.DeletedAt),
        keep_until = AccessTokenView.Time(tag.KeepUntil),
        deleted_by = By(tag.UserId, tag.Username),
        credential = tag.Credential,
        job_id = tag.JobId,
    };

    public static object Of(DeletedRepository row, ProjectRow project, BerthSettings settings) => new
    {
        id = row.Id,
        name = row.Name,
        path = Path(project, row.Name),
        project_id = project.Id,
        location = $"{settings.RegistryHost}/{Path(project, row.Name)}",
        deleted_at = AccessTokenView.Time(row.DeletedAt),
        keep_until = AccessTokenView.Time(row.KeepUntil),
        deleted_by = By(row.UserId, row.Username),
    };

    public static object Repository(long id, string name, ProjectRow project, BerthSettings settings) => new
    {
        id,
        name,
        path = Path(project, name),
        project_id = project.Id,
        location = $"{settings.RegistryHost}/{Path(project, name)}",
    };

    public static object Of(Relations relations) => new
    {
        digest = relations.Digest.ToString(),
        tags = Of(relations.Tags, tag => tag),
        indexes = Of(relations.Indexes, index => index.ToString()),
        referrers = Of<(Digest Digest, string? ArtifactType)>(relations.Referrers, referrer => new { digest = referrer.Digest.ToString(), artifact_type = referrer.ArtifactType }),
    };

    public static IResult Answer(Tag tag, TagRestore outcome) => outcome switch
    {
        TagRestore.Restored restored => Results.Json(new { name = tag.ToString(), digest = restored.Digest.ToString() }),
        TagRestore.Taken => ApiError.Of(409, Reason(outcome)!),
        TagRestore.Gone gone => Gone(gone.Missing),
        _ => ApiError.NotFound("Deleted Tag"),
    };

    /// <summary>Of many tags. <paramref name="goesOn"/>: another call may follow, behind the last tag.</summary>
    public static IResult Answer(List<RestoredTag>? tags, bool goesOn) => tags is null ? ApiError.NotFound("Container Repository") : Results.Json(new
    {
        restored = tags.Where(tag => tag.Outcome is TagRestore.Restored).Select(tag => new { name = tag.Tag.ToString(), digest = ((TagRestore.Restored)tag.Outcome).Digest.ToString() }),
        refused = tags.Where(tag => tag.Outcome is not TagRestore.Restored).Select(tag => new { name = tag.Tag.ToString(), message = Reason(tag.Outcome) }),
        next_after = goesOn && tags.Count >= TagRestores.MaxTags ? tags[^1].Tag.ToString() : null,
    });

    public static IResult Gone(IReadOnlyList<Digest> missing) => ApiError.Of(409, Reason(new TagRestore.Gone(missing))!);

    /// <summary>As clients name the image, without the host.</summary>
    public static string Path(ProjectRow project, string name) => name.Length == 0 ? project.FullPath.ToLowerInvariant() : $"{project.FullPath.ToLowerInvariant()}/{name}";

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? Reason(TagRestore outcome) => outcome switch
    {
        TagRestore.Restored => null,
        TagRestore.Taken taken => $"the tag is there and is {taken.Current}: restore it with force, and that one can be restored in turn",
        TagRestore.Gone gone => $"what the tag stood for is kept no more: {string.Join(", ", gone.Missing.Take(5))}{(gone.Missing.Count > 5 ? $" and {gone.Missing.Count - 5} more" : "")}; push it again",
        _ => "nothing is kept of such a tag",
    };

    private static object Of<T>(Known<T> known, Func<T, object> view) => new { first = known.First.Select(view), count = known.Count, more = known.IsMore };

    private static object? By(long? id, string? username) => id is null ? null : new { id, username };
}
