using Berth.Server.Database;

namespace Berth.Server.Lifecycle;

/// <summary>The SQL of deletions of many tags by a rule.</summary>
internal static class TagDeletionQueries
{
    private const string Columns = """
        repository_id as RepositoryId, requested_at as RequestedAt, keep_until as KeepUntil, user_id as UserId, credential as Credential, job_id as JobId,
            delete_pattern as DeletePattern, keep_pattern as KeepPattern, keep_n as KeepNewest, published_before as PublishedBefore, state as State,
            cursor_published as CursorPublished, cursor_tag as CursorTag, examined as Examined, kept as Kept, deleted as Deleted, error as Error,
            finished_at as FinishedAt
        """;

    public const string Find = $"select {Columns} from tag_deletions where repository_id = @repository";

    /// <summary>Nothing if one was wanted since a time, or is under way. The tags to look at are those published before it was wanted.</summary>
    public const string Begin = """
        insert into tag_deletions (repository_id, requested_at, keep_until, user_id, credential, job_id, delete_pattern, keep_pattern, keep_n, published_before,
            state, cursor_published, cursor_tag, examined, kept, deleted)
        values (@repository, @now, @keep, @user, @credential, @job, @deletePattern, @keepPattern, @keepNewest, @publishedBefore, 1, @now, '', 0, 0, 0)
        on conflict (repository_id) do update
        set requested_at = excluded.requested_at, keep_until = excluded.keep_until, user_id = excluded.user_id, credential = excluded.credential, job_id = excluded.job_id,
            delete_pattern = excluded.delete_pattern, keep_pattern = excluded.keep_pattern, keep_n = excluded.keep_n, published_before = excluded.published_before,
            state = 1, cursor_published = excluded.cursor_published, cursor_tag = '', examined = 0, kept = 0, deleted = 0, error = null, finished_at = null
        where tag_deletions.state <> 1 and tag_deletions.requested_at <= @since
        """;

    /// <summary>The next tags behind the cursor, newest first.</summary>
    public const string NextTags = $"""
        select t.name as Name, t.version as Version, t.published_at as PublishedAt
        from tags t where t.repository_id = @repository and (t.published_at, t.name) < (@published, @tag) and {LiveTags.Only}
        order by t.published_at desc, t.name desc limit @limit
        """;

    /// <summary>Tags as they are now, to see whether they were pushed anew since they were looked at.</summary>
    public const string TagsNow = "select name as Name, version as Version, published_at as PublishedAt from tags where repository_id = @repository and name in @names";

    /// <summary>No row if the repository, or its project, was deleted.</summary>
    public const string LockLive = """
        select r.id from repositories r join projects p on p.id = r.project_id and p.deleted_at is null where r.id = @repository and r.deleted_at is null
        """;

    public const string Advance = """
        update tag_deletions set cursor_published = @published, cursor_tag = @tag, examined = examined + @examined, kept = @kept, deleted = deleted + @deleted
        where repository_id = @repository
        """;

    public const string End = "update tag_deletions set state = @state, error = @error, finished_at = @now where repository_id = @repository and state = 1";
}
