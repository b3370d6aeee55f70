using Berth.Server.Database;

namespace Berth.Server.Images;

/// <summary>
/// The SQL of search, three texts for each kind. Everywhere: the first rows of all that begin with what is looked for, whoever they
/// belong to. Matching: which of some repositories have one; a look-up in an index for each, for which the subquery stands where it does.
/// Within: those of one repository, in order, behind the last that was shown.
/// </summary>
internal static class SearchQueries
{
    public const string TagsEverywhere = """
        select t.repository_id as RepositoryId, t.name as Tag, t.digest as Digest, t.published_at as PublishedAt, case when m.deleted_at is null then 1 else 0 end as IsLive
        from (select repository_id, name, digest, published_at from tags where name >= @from and name < @end order by name, repository_id limit @limit) t
        join manifests m on m.repository_id = t.repository_id and m.digest = t.digest
        """;

    public const string TagsMatching = """
        select r.id from repositories r where r.id in @ids
            and (select t.name from tags t where t.repository_id = r.id and t.name >= @from and t.name < @end order by t.name limit 1) is not null
        """;

    public const string TagsWithin = $"""
        select t.repository_id as RepositoryId, t.name as Tag, t.digest as Digest, t.published_at as PublishedAt, 1 as IsLive
        from tags t where t.repository_id = @repository and t.name >= @from and t.name < @end and t.name > @after and {LiveTags.Only} order by t.name limit @limit
        """;

    private const string TagOfManifest = "(select min(t.name) from tags t where t.repository_id = m.repository_id and t.digest = m.digest) as Tag";

    public const string DigestsEverywhere = $"""
        select m.repository_id as RepositoryId, m.digest as Digest, m.published_at as PublishedAt, case when m.deleted_at is null then 1 else 0 end as IsLive, {TagOfManifest}
        from (select repository_id, digest, published_at, deleted_at from manifests where digest >= @from and digest < @end order by digest, repository_id limit @limit) m
        """;

    public const string DigestsMatching = """
        select r.id from repositories r where r.id in @ids
            and (select m.digest from manifests m where m.repository_id = r.id and m.digest >= @from and m.digest < @end order by m.digest limit 1) is not null
        """;

    public const string DigestsWithin = $"""
        select m.repository_id as RepositoryId, m.digest as Digest, m.published_at as PublishedAt, 1 as IsLive, {TagOfManifest}
        from manifests m
        where m.repository_id = @repository and m.digest >= @from and m.digest < @end and m.digest > @afterDigest and m.deleted_at is null order by m.digest limit @limit
        """;

    public const string LabelsEverywhere = $"""
        select m.repository_id as RepositoryId, m.digest as Digest, m.published_at as PublishedAt, case when m.deleted_at is null then 1 else 0 end as IsLive, {TagOfManifest},
            l.value as Label
        from (select repository_id, digest, value from manifest_labels where key = @key and value >= @from and value < @end order by value, repository_id, digest limit @limit) l
        join manifests m on m.repository_id = l.repository_id and m.digest = l.digest
        """;

    public const string LabelsMatching = """
        select r.id from repositories r where r.id in @ids
            and (select l.value from manifest_labels l where l.repository_id = r.id and l.key = @key and l.value >= @from and l.value < @end order by l.value limit 1) is not null
        """;

    public const string LabelsWithin = $"""
        select m.repository_id as RepositoryId, m.digest as Digest, m.published_at as PublishedAt, 1 as IsLive, {TagOfManifest}, l.value as Label
        from (select t.repository_id, t.digest, t.value from manifest_labels t
            where t.repository_id = @repository and t.key = @key and t.value >= @from and t.value < @end and (t.value, t.digest) > (@after, @afterDigest) and {LiveTags.Only}
            order by t.value, t.digest limit @limit) l
        join manifests m on m.repository_id = l.repository_id and m.digest = l.digest
        order by l.value, l.digest
        """;

    public const string CommitsEverywhere = """
        select t.repository_id as RepositoryId, t.name as Tag, t.digest as Digest, t.published_at as PublishedAt, case when m.deleted_at is null then 1 else 0 end as IsLive,
            t.commit_sha as Sha, p.id as PipelineId, p.ref as Ref, j.id as JobId
        from (select repository_id, name, digest, published_at, job_id, commit_sha from tags
            where commit_sha >= @from and commit_sha < @end order by commit_sha, repository_id, name limit @limit) t
        join manifests m on m.repository_id = t.repository_id and m.digest = t.digest
        left join jobs j on j.id = t.job_id
        left join pipelines p on p.id = j.pipeline_id
        """;

    public const string CommitsMatching = """
        select r.id from repositories r where r.id in @ids and (
            select t.name from tags t where t.repository_id = r.id and t.commit_sha >= @from and t.commit_sha < @end order by t.commit_sha limit 1) is not null
        """;

    /// <summary>Behind @after, which is a commit and a tag with a slash between.</summary>
    public const string CommitsWithin = $"""
        select f.repository_id as RepositoryId, f.name as Tag, f.digest as Digest, f.published_at as PublishedAt, 1 as IsLive,
            f.commit_sha as Sha, p.id as PipelineId, p.ref as Ref, j.id as JobId
        from (select t.* from tags t
            where t.repository_id = @repository and t.commit_sha >= @from and t.commit_sha < @end and (t.commit_sha, t.name) > (@afterCommit, @afterTag) and {LiveTags.Only}
            order by t.commit_sha, t.name limit @limit) f
        left join jobs j on j.id = f.job_id
        left join pipelines p on p.id = j.pipeline_id
        order by f.commit_sha, f.name
        """;

    public const string RepositoriesEverywhere = """
        select repository_id as RepositoryId, 1 as IsLive from image_words where word >= @from and word < @end order by word, repository_id limit @limit
        """;

    public const string RepositoriesMatching = """
        select r.id from repositories r where r.id in @ids
            and (select w.word from image_words w where w.repository_id = r.id and w.word >= @from and w.word < @end order by w.word limit 1) is not null
        """;

    public const string RepositoriesWithin = "select id as RepositoryId, 1 as IsLive from repositories where id = @repository and @after = '' limit @limit";
}
