using Berth.Server.Database;

namespace Berth.Server.Images;

/// <summary>The SQL of GitLab's lists of repositories. One stands in them from its first manifest on, also when its last tag is gone; an upload alone makes none.</summary>
internal static class RepositoryQueries
{
    private const string Columns = $"""
        r.id as Id, r.project_id as ProjectId, r.name as Name, r.image_name as ImageName, r.created_at as CreatedAt, r.tag_count as TagCount,
        r.last_published_at as LastPublishedAt, {ImageSize.Of} as Size
        """;

    private const string IsListed = "r.deleted_at is null and exists (select 1 from manifests a where a.repository_id = r.id)";

    private const string InProject = $"from repositories r where r.project_id = @project and {IsListed}";

    /// <summary>Those of projects that have a registry: for callers whose role counts in all of the group.</summary>
    private const string InGroup = $"""
        from repositories r join projects p on p.id = r.project_id
        where r.image_name > @from and r.image_name < @end and p.registry_access <> 0 and p.deleted_at is null and {IsListed}
        """;

    public const string PageOfProject = $"select {Columns} {InProject} order by r.name limit @limit offset @skip";

    public const string CountOfProject = $"select count(*) from (select r.id {InProject} limit @needed) counted";

    public const string PageOfGroup = $"select {Columns} {InGroup} order by r.image_name limit @limit offset @skip";

    public const string CountOfGroup = $"select count(*) from (select r.id {InGroup} limit @needed) counted";

    public const string ByIds = $"select {Columns} from repositories r where r.id in @ids";

    public const string InProjectById = $"select {Columns} {InProject} and r.id = @id";

    public const string LargestOfProject = $"select {Columns} {InProject} order by r.size desc, r.id desc limit @limit";

    private const string TagNames = $"select t.name from tags t where t.repository_id = @repository and {LiveTags.Only}";

    public const string TagsAfter = $"{TagNames} and t.name > @last order by t.name limit @limit";

    public const string TagsBefore = $"{TagNames} and t.name < @last order by t.name desc limit @limit";

    /// <summary>Skips by the names that the primary key holds in their order: asked for more, PostgreSQL sorts all tags of the repository. A page is shorter by what is about to be removed with its manifest.</summary>
    public const string TagsAt = $"""
        select t.name from (select repository_id, name from tags where repository_id = @repository order by name limit @limit offset @skip) s
        join tags t on t.repository_id = s.repository_id and t.name = s.name
        where {LiveTags.Only} order by t.name
        """;

    /// <summary>Of layers the sizes of the blobs count, not what a manifest says of them.</summary>
    public const string Tag = """
        select t.name as Name, t.digest as Digest, t.total_size as TotalSize, t.published_at as PublishedAt, m.image_created_at as ImageCreatedAt, m.media_type as MediaType,
            (select c.child from manifest_references c where c.repository_id = t.repository_id and c.parent = t.digest and c.kind = 1) as Config,
            (select cast(sum(b.size) as bigint) from manifest_references l join blobs b on b.digest = l.child
                where l.repository_id = t.repository_id and l.parent = t.digest and l.kind = 2) as LayerSize
        from tags t join manifests m on m.repository_id = t.repository_id and m.digest = t.digest
        where t.repository_id = @repository and t.name = @tag and m.deleted_at is null
        """;
}
