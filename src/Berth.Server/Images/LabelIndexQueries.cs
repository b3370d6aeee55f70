namespace Berth.Server.Images;

/// <summary>The SQL that finds the labels that are not indexed.</summary>
internal static class LabelIndexQueries
{
    /// <summary>Also those in the trash, which may come back.</summary>
    public const string Next = """
        select m.repository_id as RepositoryId, m.digest as Digest, m.media_type as MediaType,
            cast(case when (select l.key from manifest_labels l where l.repository_id = m.repository_id and l.digest = m.digest limit 1) is null then 0 else 1 end as bigint) as IsIndexed
        from manifests m where (m.repository_id, m.digest) > (@repository, @digest) order by m.repository_id, m.digest limit @limit
        """;

    public const string Advance = "update tasks set payload = @payload where id = @id";
}
