namespace Berth.Server.Operation;

/// <summary>The SQL of fsck. Each walks a whole table by its key: the one place where that is the task.</summary>
internal static class FsckQueries
{
    public const string Blobs = "select digest as Digest, size as Size, location as Location, state as State from blobs where digest > @last order by digest limit @limit";

    public const string Manifests = "select digest as Digest, content as Content from manifest_contents where digest > @last order by digest limit @limit";

    public const string LocationOfBlob = "select location from blobs where digest = @digest";

    /// <summary>What a live manifest needs and its repository does not have, and tags on manifests that are none.</summary>
    public static readonly (string Problem, string Sql)[] Broken =
    [
        ("a live link to a blob that is not stored", """
            select r.id as RepositoryId, l.digest as Digest from repository_blobs l join repositories r on r.id = l.repository_id
            left join blobs b on b.digest = l.digest and b.state = 1 where l.deleted_at is null and b.digest is null
            """),
        ("a live manifest without its bytes", """
            select m.repository_id as RepositoryId, m.digest as Digest from manifests m
            left join manifest_contents c on c.digest = m.digest where m.deleted_at is null and c.digest is null
            """),
        ("a live manifest whose config or layer its repository lacks", """
            select m.repository_id as RepositoryId, f.child as Digest from manifest_references f
            join manifests m on m.repository_id = f.repository_id and m.digest = f.parent and m.deleted_at is null
            left join repository_blobs l on l.repository_id = f.repository_id and l.digest = f.child and l.deleted_at is null
            where f.kind in (1, 2) and l.digest is null
            """),
        ("a live index whose child its repository lacks", """
            select m.repository_id as RepositoryId, f.child as Digest from manifest_references f
            join manifests m on m.repository_id = f.repository_id and m.digest = f.parent and m.deleted_at is null
            left join manifests c on c.repository_id = f.repository_id and c.digest = f.child and c.deleted_at is null
            where f.kind = 3 and c.digest is null
            """),
        ("a tag on a manifest that is not live", """
            select t.repository_id as RepositoryId, t.digest as Digest from tags t
            left join manifests m on m.repository_id = t.repository_id and m.digest = t.digest and m.deleted_at is null
            left join tag_removals r on r.repository_id = t.repository_id and r.digest = t.digest where m.digest is null and r.digest is null
            """),
    ];
}
