namespace Berth.Server.Distribution;

/// <summary>The SQL of lists of referrers: by keyset over the digest, each page from an index.</summary>
internal static class ReferrerQueries
{
    private const string Page = """
        select digest as Digest, media_type as MediaType, artifact_type as ArtifactType, size as Size, annotations as Annotations
        from manifests
        where repository_id = @repository and subject = @subject and digest > @last and deleted_at is null
        """;

    public const string OfSubject = $"{Page} order by digest limit @limit";

    public const string OfArtifactType = $"{Page} and artifact_type = @artifactType order by digest limit @limit";
}
