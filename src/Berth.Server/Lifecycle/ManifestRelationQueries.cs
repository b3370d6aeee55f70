namespace Berth.Server.Lifecycle;

/// <summary>The SQL of what else is there with a manifest. Each reads no more rows than it is asked for.</summary>
internal static class ManifestRelationQueries
{
    public const string Digest = """
        select t.digest from tags t
        join manifests m on m.repository_id = t.repository_id and m.digest = t.digest and m.deleted_at is null
        join repositories r on r.id = t.repository_id
        where t.repository_id = @repository and t.name = @tag and r.project_id = @project and r.deleted_at is null
        """;

    /// <summary>Tags that are there, of those that were named.</summary>
    public const string Chosen = """
        select t.name as Name, t.digest as Digest, t.total_size as TotalSize from tags t
        join manifests m on m.repository_id = t.repository_id and m.digest = t.digest and m.deleted_at is null
        join repositories r on r.id = t.repository_id
        where t.repository_id = @repository and t.name in @names and r.project_id = @project and r.deleted_at is null
        order by t.name
        """;

    public const string IsLive = """
        select m.digest from manifests m join repositories r on r.id = m.repository_id
        where m.repository_id = @repository and m.digest = @digest and m.deleted_at is null and r.project_id = @project and r.deleted_at is null
        """;

    public const string Tags = "select name from tags where repository_id = @repository and digest = @digest order by name limit @limit";

    public const string Indexes = """
        select r.parent from manifest_references r join manifests m on m.repository_id = r.repository_id and m.digest = r.parent and m.deleted_at is null
        where r.repository_id = @repository and r.child = @digest and r.kind in (3, 6) order by r.parent limit @limit
        """;

    /// <summary>All but the digest is looked up for each: SQLite takes an index that holds what is asked for, and otherwise walks the repository's manifests.</summary>
    public const string Referrers = """
        select m.digest as Digest, m.artifact_type as ArtifactType
        from (select s.repository_id, s.digest from manifests s where s.repository_id = @repository and s.subject = @digest and (
            select 1 from manifests l where l.repository_id = s.repository_id and l.digest = s.digest and l.deleted_at is null) is not null
            order by s.digest limit @limit) r
        join manifests m on m.repository_id = r.repository_id and m.digest = r.digest
        order by m.digest
        """;
}
