using Berth.Server.Database;

namespace Berth.Server.Images;

/// <summary>The SQL of what a repository's manifests hold. Each reads by a repository's id: a digest alone opens nothing.</summary>
internal static class ImageManifestQueries
{
    private const string Columns = """
        m.digest as Digest, m.media_type as MediaType, m.artifact_type as ArtifactType, m.subject as Subject, m.size as Size, m.total_size as TotalSize,
            m.platform as Platform, m.image_created_at as ImageCreatedAt, m.published_at as PublishedAt
        """;

    public const string ByDigest = $"""
        select {Columns} from manifests m where m.repository_id = @repository and m.digest = @digest and m.deleted_at is null
        """;

    public const string ByTag = $"""
        select {Columns} from tags t join manifests m on m.repository_id = t.repository_id and m.digest = t.digest
        where t.repository_id = @repository and t.name = @tag and m.deleted_at is null
        """;

    /// <summary>Those of some digests that the repository has: the children of an index.</summary>
    public const string OfDigests = $"""
        select {Columns} from manifests m where m.repository_id = @repository and m.digest in @digests and m.deleted_at is null
        """;

    /// <summary>What is attached to a manifest, a page by keyset over the digest.</summary>
    public const string Referrers = $"""
        select {Columns} from manifests m where m.repository_id = @repository and m.subject = @subject and m.digest > @after and m.deleted_at is null
        order by m.digest limit @limit
        """;

    /// <summary>Tags that point at a manifest; some of them.</summary>
    public const string TagsOf = """
        select name from tags where repository_id = @repository and digest = @digest and name > @after order by name limit @limit
        """;

    /// <summary>
    /// Those of some tags that are there: what cosign keeps under a tag that names its subject. With a join PostgreSQL's plan for any
    /// repository walks all tags of this one, by an index that holds the digest too.
    /// </summary>
    public const string KnownTags = $"""
        select t.name as Tag, t.digest as Digest from tags t where t.repository_id = @repository and t.name in @tags and {LiveTags.Only}
        """;

    /// <summary>A blob of the repository, if it is live.</summary>
    public const string Blob = """
        select b.size as Size, b.location as Location from repository_blobs l join blobs b on b.digest = l.digest
        where l.repository_id = @repository and l.digest = @digest and l.deleted_at is null and b.state = 1
        """;
}
