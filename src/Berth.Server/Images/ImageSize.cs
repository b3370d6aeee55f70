namespace Berth.Server.Images;

/// <summary>
/// SQL for how much a repository, or all of a project's, hold: live blobs and manifests, each digest once for each repository. What was
/// added up, and what <see cref="UsageCounter"/> has not reached yet: so it is exact at every moment.
/// </summary>
internal static class ImageSize
{
    /// <summary>Of the repository <c>r</c>.</summary>
    public const string Of = "cast(r.size + coalesce((select sum(q.bytes) from quota_deltas q where q.repository_id = r.id), 0) as bigint)";

    /// <summary>Of the project <c>p</c>.</summary>
    public const string OfProject = "cast(p.image_size + coalesce((select sum(q.bytes) from quota_deltas q where q.project_id = p.id), 0) as bigint)";
}
