namespace Berth.Server.Database;

/// <summary>
/// The condition for lists of the tags <c>t</c> of a repository that their manifests still live; those of a deleted one are about to be
/// removed. A scalar subquery, because a join may be planned otherwise: PostgreSQL takes a repository for an average one, reads all
/// manifests of it once, and compares each tag with each, which in a repository of 33,000 manifests takes 300 ms instead of 1.
/// </summary>
internal static class LiveTags
{
    public const string Only = "(select 1 from manifests l where l.repository_id = t.repository_id and l.digest = t.digest and l.deleted_at is null) is not null";
}
