namespace Berth.Server.Images;

/// <summary>The SQL of what people see of a project's images.</summary>
internal static class ImageQueries
{
    private const string Tags = """
        select t.name as Tag, t.digest as Digest, t.total_size as Size, t.published_at as PublishedAt, m.platform as Platform, m.media_type as MediaType,
            j.id as JobId, j.name as JobName, p.id as PipelineId, p.ref as Ref, p.sha as Sha
        from tags t
        join manifests m on m.repository_id = t.repository_id and m.digest = t.digest and m.deleted_at is null
        left join jobs j on j.id = t.job_id
        left join pipelines p on p.id = j.pipeline_id
        """;

    /// <summary>Repositories with a tag, by name.</summary>
    public const string Repositories = """
        select r.id as Id, r.name as Name from repositories r
        where r.project_id = @project and r.name >= @from and r.deleted_at is null and exists (
            select 1 from tags t join manifests m on m.repository_id = t.repository_id and m.digest = t.digest and m.deleted_at is null where t.repository_id = r.id)
        order by r.name limit @limit
        """;

    public const string Repository = "select id as Id, name as Name from repositories where id = @id and project_id = @project and deleted_at is null";

    /// <summary>Newest first, from one moment and name on.</summary>
    public const string TagsFrom = $"""
        {Tags}
        where t.repository_id = @repository and (t.published_at, t.name) <= (@published, @tag)
        order by t.published_at desc, t.name desc limit @limit
        """;

    public const string NewestTags = $"{Tags} where t.repository_id = @repository order by t.published_at desc, t.name desc limit @limit";
}
