namespace Berth.Server.Distribution;

/// <summary>The SQL by which the tags of a deleted manifest end.</summary>
internal static class TagRemovalQueries
{
    public const string Begin = """
        insert into tag_removals (repository_id, digest, user_id, credential, job_id, at, keep_until)
        values (@repository, @digest, @user, @credential, @job, @now, @keep)
        """;

    public const string Next = "select repository_id as RepositoryId, digest as Digest from tag_removals where repository_id > 0 order by repository_id, digest limit 1";

    /// <summary>The manifest of a tag that is to end with it.</summary>
    public const string OfTag = """
        select r.digest from tags t join tag_removals r on r.repository_id = t.repository_id and r.digest = t.digest
        where t.repository_id = @repository and t.name = @tag
        """;

    public const string Lock = "select at from tag_removals where repository_id = @repository and digest = @digest";

    private const string Record = """
        insert into tag_events (project_id, repository_id, tag, action, digest, previous_digest, user_id, credential, job_id, at, keep_until, previous_published_at, previous_job_id)
        select (select project_id from repositories where id = t.repository_id), t.repository_id, t.name, 4, null, t.digest, r.user_id, r.credential, r.job_id, r.at, r.keep_until,
            t.published_at, t.job_id
        from
        """;

    /// <summary>Names first, by the index that holds them; otherwise SQLite walks all tags of the repository for each of these.</summary>
    public const string RecordSome = $"""
        {Record} (select repository_id, name from tags where repository_id = @repository and digest = @digest order by name limit @limit) s
        join tags t on t.repository_id = s.repository_id and t.name = s.name
        join tag_removals r on r.repository_id = t.repository_id and r.digest = t.digest
        order by t.name
        """;

    public const string RecordOne = $"""
        {Record} tag_removals r join tags t on t.repository_id = r.repository_id and t.digest = r.digest
        where t.repository_id = @repository and t.name = @tag
        """;

    public const string DeleteSome = """
        delete from tags where repository_id = @repository
            and name in (select name from tags where repository_id = @repository and digest = @digest order by name limit @limit)
        """;

    public const string End = "delete from tag_removals where repository_id = @repository and digest = @digest";
}
