namespace Berth.Server.Lifecycle;

/// <summary>The SQL that deletes tags, many at once, and gives them back. action: 3 a tag was deleted, 4 its manifest was.</summary>
internal static class TagTrashQueries
{
    /// <summary>No row if the repository is not of this project, or deleted.</summary>
    public const string LockImages = "select id from repositories where id = @repository and project_id = @project and deleted_at is null";

    public const string RecordTags = """
        insert into tag_events (project_id, repository_id, tag, action, digest, previous_digest, user_id, credential, job_id, at, keep_until, previous_published_at, previous_job_id)
        select (select project_id from repositories where id = t.repository_id), t.repository_id, t.name, 3, null, t.digest, cast(@user as bigint), @credential, cast(@job as bigint), cast(@at as bigint), cast(@keep as bigint),
            t.published_at, t.job_id
        from tags t join manifests m on m.repository_id = t.repository_id and m.digest = t.digest and m.deleted_at is null
        where t.repository_id = @repository and t.name in @names
        """;

    /// <summary>Not those whose manifest was deleted: they end with it.</summary>
    public const string DeleteTags = """
        delete from tags where repository_id = @repository and name in @names and exists (
            select 1 from manifests m where m.repository_id = tags.repository_id and m.digest = tags.digest and m.deleted_at is null)
        """;

    private const string Ended = """
        select e.id as Id, e.repository_id as RepositoryId, e.tag as Tag, e.action as Action, e.previous_digest as Digest, e.at as DeletedAt, e.keep_until as KeepUntil,
            e.user_id as UserId, u.username as Username, e.credential as Credential, e.job_id as JobId, r.name as RepositoryName
        from tag_events e join repositories r on r.id = e.repository_id left join users u on u.id = e.user_id
        """;

    /// <summary>Not if the tag is there again, or was deleted once more since.</summary>
    private const string StillGone = """
        not exists (
                select 1 from tags t join manifests m on m.repository_id = t.repository_id and m.digest = t.digest and m.deleted_at is null
                where t.repository_id = e.repository_id and t.name = e.tag)
            and not exists (select 1 from tag_events n where n.repository_id = e.repository_id and n.tag = e.tag and n.id > e.id and n.action in (3, 4))
        """;

    /// <summary>Those that are kept longest first, which as a rule were deleted last.</summary>
    public const string DeletedTags = $"""
        {Ended}
        where e.repository_id = @repository and e.action in (3, 4) and e.keep_until > @now and (e.keep_until, e.id) < (@keep, @id) and {StillGone}
        order by e.keep_until desc, e.id desc limit @limit
        """;

    /// <summary>What one deletion took and is not back, by name.</summary>
    public const string GoneByDeletion = $"""
        {Ended} where e.repository_id = @repository and e.at = @at and e.action in (3, 4) and e.keep_until > @now and {StillGone} order by e.tag limit @limit
        """;

    /// <summary>Repositories of a project from a number on in which something was deleted that is kept.</summary>
    public const string RepositoriesWithDeletedTags = """
        select r.id as Id, r.name as Name from repositories r
        where r.project_id = @project and r.id >= @from and r.deleted_at is null
            and exists (select 1 from tag_events e where e.repository_id = r.id and e.action in (3, 4) and e.keep_until > @now)
        order by r.id limit @limit
        """;

    private const string Kept = """
        select e.id as Id, e.tag as Tag, e.previous_digest as Digest, e.previous_published_at as PublishedAt, e.previous_job_id as JobId
        from tag_events e
        """;

    /// <summary>What a tag stood for when it ended last.</summary>
    public const string LastEnd = $"""
        {Kept} where e.repository_id = @repository and e.tag = @tag and e.action in (3, 4) and e.keep_until > @now order by e.id desc limit 1
        """;

    /// <summary>What a tag stood for before an event, also one that moved it.</summary>
    public const string BeforeEvent = $"""
        {Kept} where e.id = @id and e.repository_id = @repository and e.tag = @tag and e.previous_digest is not null and e.keep_until > @now
        """;

    /// <summary>What one deletion took, by name.</summary>
    public const string OfDeletion = $"""
        {Kept} where e.repository_id = @repository and e.at = @at and e.tag > @after and e.action in (3, 4) and e.keep_until > @now order by e.tag limit @limit
        """;

    /// <summary>The tags that ended with a manifest.</summary>
    public const string OfManifest = $"""
        {Kept}
        where e.repository_id = @repository and e.at = @at and e.action in (3, 4) and e.action = 4 and e.previous_digest = @digest and e.keep_until > @now
        order by e.tag limit @limit
        """;

    public const string ManifestMark = """
        select deleted_at as DeletedAt, keep_until as KeepUntil, total_size as TotalSize from manifests where repository_id = @repository and digest = @digest
        """;

    /// <summary>What a manifest cannot be without; what it names of elsewhere, and its subject, it can.</summary>
    public const string NeededBy = "select child as Digest, kind as Kind from manifest_references where repository_id = @repository and parent = @digest and kind in (1, 2, 3)";

    /// <summary>As pushes and mounts of a blob do first: a link that lives again, or is made, at this moment is counted once.</summary>
    public const string LockBlobs = "select size from blobs where digest in @digests order by digest";

    public const string BlobMarks = """
        select l.digest as Digest, l.deleted_at as DeletedAt, l.keep_until as KeepUntil
        from repository_blobs l join blobs b on b.digest = l.digest and b.state = 1
        where l.repository_id = @repository and l.digest in @digests
        """;

    /// <summary>After a manifest lives again.</summary>
    public const string PutOnManifest = """
        insert into quota_deltas (project_id, repository_id, digest, bytes, at)
        select (select project_id from repositories where id = @repository), repository_id, digest, size, cast(@now as bigint)
        from manifests where repository_id = @repository and digest = @digest
        """;

    /// <summary>After blobs live again.</summary>
    public const string PutOnBlobs = """
        insert into quota_deltas (project_id, repository_id, digest, bytes, at)
        select (select project_id from repositories where id = @repository), cast(@repository as bigint), digest, size, cast(@now as bigint) from blobs where digest in @digests
        """;

    public const string ReviveManifest = "update manifests set deleted_at = null, keep_until = null, lease_until = @lease where repository_id = @repository and digest = @digest";

    public const string ReviveBlobs = "update repository_blobs set deleted_at = null, keep_until = null, lease_until = @lease where repository_id = @repository and digest in @digests";

    public const string PutTag = """
        insert into tags (repository_id, name, digest, version, total_size, published_at, job_id, commit_sha)
        values (@repository, @tag, @digest, 1, @totalSize, @published, @job, (select p.sha from jobs j join pipelines p on p.id = j.pipeline_id where j.id = @job))
        on conflict (repository_id, name) do update
        set digest = excluded.digest, version = tags.version + 1, total_size = excluded.total_size, published_at = excluded.published_at, job_id = excluded.job_id,
            commit_sha = excluded.commit_sha
        returning version
        """;

    /// <summary>A restored tag counts as it did: the repository's last publication does not become a later one by it.</summary>
    public const string CountRestored = """
        update repositories set tag_count = tag_count + @added,
            last_published_at = case when last_published_at > @published then last_published_at else @published end
        where id = @repository
        """;
}
