namespace Berth.Server.Images;

/// <summary>The SQL of what happened to tags, newest first, from a number down.</summary>
internal static class TagEventQueries
{
    private const string Events = """
        select e.id as Id, e.repository_id as RepositoryId, r.name as RepositoryName, r.image_name as ImageName, e.tag as Tag, e.action as Action, e.digest as Digest,
            e.previous_digest as PreviousDigest, e.at as At, u.id as UserId, u.username as Username, j.id as JobId, j.name as JobName, p.id as PipelineId, p.ref as Ref, p.sha as Sha,
            e.keep_until as KeepUntil
        from tag_events e
        join repositories r on r.id = e.repository_id
        left join users u on u.id = e.user_id
        left join jobs j on j.id = e.job_id
        left join pipelines p on p.id = j.pipeline_id
        """;

    public const string OfTag = $"{Events} where e.repository_id = @repository and e.tag = @tag and e.id < @before order by e.id desc limit @limit";

    public const string OfProject = $"{Events} where e.project_id = @project and e.id < @before order by e.id desc limit @limit";
}
