using Berth.Server.Database;

namespace Berth.Server.Distribution;

/// <summary>The SQL of blobs, uploads, manifests and tags. Each reads by a repository's id: a digest alone opens nothing.</summary>
internal static class DistributionQueries
{
    public const string FindBlob = """
        select b.size, b.location, l.lease_until
        from repository_blobs l join blobs b on b.digest = l.digest
        where l.repository_id = @repository and l.digest = @digest and l.deleted_at is null and b.state = 1
        """;

    public const string StoredBlob = "select size as Size, location as Location from blobs where digest = @digest and state = 1";

    public const string LockBlob = "select state from blobs where digest = @digest";

    public const string UpsertBlob = """
        insert into blobs (digest, size, location, state, stored_at) values (@digest, @size, @location, 1, @now)
        on conflict (digest) do update set size = excluded.size, location = excluded.location, state = 1
        """;

    /// <summary>For update: a delete of the blob at this moment is either seen here, or sees the link.</summary>
    public const string LockLiveLink = "select 1 from repository_blobs where repository_id = @repository and digest = @digest and deleted_at is null";

    public const string LinkBlob = """
        insert into repository_blobs (repository_id, digest, lease_until, linked_at) values (@repository, @digest, @lease, @now)
        on conflict (repository_id, digest) do update set lease_until = excluded.lease_until, deleted_at = null, keep_until = null
        """;

    public const string UnlinkBlob = """
        update repository_blobs set deleted_at = @now, keep_until = @keep
        where repository_id = @repository and digest = @digest and deleted_at is null
        """;

    public const string RenewBlobLease = "update repository_blobs set lease_until = @lease where repository_id = @repository and digest = @digest";

    public const string RenewManifestLease = "update manifests set lease_until = @lease where repository_id = @repository and digest = @digest";

    /// <summary>One for each time that a repository comes to have a blob or manifest.</summary>
    public const string InsertQuotaDelta = """
        insert into quota_deltas (project_id, repository_id, digest, bytes, at) values (@project, @repository, @digest, @bytes, @now)
        """;

    /// <summary>After a blob was taken out of its repository.</summary>
    public const string TakeOffBlob = """
        insert into quota_deltas (project_id, repository_id, digest, bytes, at)
        select @project, @repository, digest, -size, @now from blobs where digest = @digest
        """;

    /// <summary>After a manifest was marked deleted.</summary>
    public const string TakeOffManifest = """
        insert into quota_deltas (project_id, repository_id, digest, bytes, at)
        select @project, repository_id, digest, -size, @now from manifests where repository_id = @repository and digest = @digest
        """;

    /// <summary>Nothing where the repository is gone. A row that is there already is of an upload that was held when the process was killed, or the power went.</summary>
    public const string InsertUpload = """
        insert into upload_sessions (id, repository_id, subject, state, received, hash_state, version, created_at, expires_at)
        select @id, r.id, @subject, 1, @received, @hashState, 1, @now, @expires from repositories r where r.id = @repository
        on conflict (id) do update set received = excluded.received, hash_state = excluded.hash_state, expires_at = excluded.expires_at
        where upload_sessions.state = 1 and upload_sessions.received < excluded.received
        """;

    /// <summary>A row if more uploads than <c>less</c> are open.</summary>
    public const string MoreOpenUploads = "select 1 from upload_sessions where subject = @subject and state = 1 limit 1 offset @less";

    public const string FindUpload = """
        select id as Id, state as State, received as Received, hash_state as HashState, digest as Digest, version as Version
        from upload_sessions where id = @id and repository_id = @repository and subject = @subject and expires_at >= @now
        """;

    public const string SaveUpload = """
        update upload_sessions set received = @received, hash_state = @hashState, version = version + 1, expires_at = @expires
        where id = @id and version = @version
        """;

    /// <summary>Where there is a row its end stays: moving it would write two more pages for each push.</summary>
    public const string FinishUpload = """
        insert into upload_sessions (id, repository_id, subject, state, received, digest, version, created_at, expires_at)
        values (@id, @repository, @subject, 2, @size, @digest, 1, @now, @expires)
        on conflict (id) do update set state = 2, digest = excluded.digest, received = excluded.received, hash_state = null,
            version = upload_sessions.version + 1
        """;

    public const string DeleteUpload = "delete from upload_sessions where id = @id";

    public const string ExpiredUploads = "select id from upload_sessions where expires_at < @now order by expires_at, id limit @limit";

    public const string KnownUploads = "select id from upload_sessions where id in @ids";

    public const string DeleteUploads = "delete from upload_sessions where id in @ids";

    public const string ManifestByTag = """
        select m.digest, m.media_type, m.size, m.lease_until
        from tags t join manifests m on m.repository_id = t.repository_id and m.digest = t.digest
        where t.repository_id = @repository and t.name = @reference and m.deleted_at is null
        """;

    public const string ManifestByDigest = """
        select m.digest, m.media_type, m.size, m.lease_until
        from manifests m where m.repository_id = @repository and m.digest = @reference and m.deleted_at is null
        """;

    public const string ManifestContent = "select content from manifest_contents where digest = @digest";

    public const string LiveBlobs = """
        select l.digest as Digest, b.size as Size from repository_blobs l join blobs b on b.digest = l.digest
        where l.repository_id = @repository and l.digest in @digests and l.deleted_at is null and b.state = 1
        """;

    public const string LiveManifests = """
        select digest as Digest, total_size as TotalSize from manifests where repository_id = @repository and digest in @digests and deleted_at is null
        """;

    /// <summary>Also one that was deleted.</summary>
    public const string LockRepositoryRow = "select id from repositories where id = @repository";

    /// <summary>No row if the repository was deleted meanwhile.</summary>
    public const string LockRepository = "select id from repositories where id = @repository and deleted_at is null";

    /// <summary>What stands there already is written again only if it was damaged.</summary>
    public const string InsertManifestContent = """
        insert into manifest_contents (digest, content, stored_at) values (@digest, @content, @now)
        on conflict (digest) do update set content = excluded.content where manifest_contents.content <> excluded.content
        """;

    public const string ManifestIsLive = "select count(*) from manifests where repository_id = @repository and digest = @digest and deleted_at is null";

    public const string UpsertManifest = """
        insert into manifests (repository_id, digest, media_type, artifact_type, subject, annotations, size, total_size, published_at, lease_until)
        values (@repository, @digest, @mediaType, @artifactType, @subject, @annotations, @size, @totalSize, @now, @lease)
        on conflict (repository_id, digest) do update
        set media_type = excluded.media_type, annotations = excluded.annotations, lease_until = excluded.lease_until, deleted_at = null, keep_until = null
        """;

    public const string InsertReference = """
        insert into manifest_references (repository_id, parent, child, kind, size) values (@repository, @parent, @child, @kind, @size)
        on conflict (repository_id, parent, child, kind) do nothing
        """;

    public const string DeleteReferences = "delete from manifest_references where repository_id = @repository and parent = @parent";

    public const string LockTag = """
        select t.digest from tags t join manifests m on m.repository_id = t.repository_id and m.digest = t.digest
        where t.repository_id = @repository and t.name = @tag and m.deleted_at is null
        """;

    /// <summary>The version is 1 of a tag that was not there, not even as one that is still to be removed.</summary>
    public const string UpsertTag = """
        insert into tags (repository_id, name, digest, version, total_size, published_at, job_id, commit_sha)
        values (@repository, @tag, @digest, 1, @totalSize, @now, @job, (select p.sha from jobs j join pipelines p on p.id = j.pipeline_id where j.id = @job))
        on conflict (repository_id, name) do update
        set digest = excluded.digest, version = tags.version + 1, total_size = excluded.total_size, published_at = excluded.published_at, job_id = excluded.job_id,
            commit_sha = excluded.commit_sha
        returning version
        """;

    /// <summary>The repository's row is locked before, as everywhere where its tags are counted.</summary>
    public const string CountPublished = """
        update repositories set tag_count = tag_count + @added, last_published_at = case when last_published_at > @now then last_published_at else @now end
        where id = @repository
        """;

    public const string CountRemoved = "update repositories set tag_count = tag_count - @removed where id = @repository";

    /// <summary>Before the tag is changed: what it was is read here.</summary>
    public const string InsertTagEvent = """
        insert into tag_events (project_id, repository_id, tag, action, digest, previous_digest, user_id, credential, job_id, at, keep_until, previous_published_at, previous_job_id)
        values ((select project_id from repositories where id = @repository), @repository, @tag, @action, @digest, @previous, @user, @credential, @job, @now, @keep,
            (select t.published_at from tags t where t.repository_id = @repository and t.name = @tag and t.digest = @previous),
            (select t.job_id from tags t where t.repository_id = @repository and t.name = @tag and t.digest = @previous))
        """;

    public const string DeleteTag = "delete from tags where repository_id = @repository and name = @tag";

    public const string MarkManifestDeleted = """
        update manifests set deleted_at = @now, keep_until = @keep where repository_id = @repository and digest = @digest and deleted_at is null
        """;

    /// <summary>A live parent of a blob or a manifest. A subject is no child: deleting it leaves its referrers dangling, which the spec allows.</summary>
    public const string LiveParent = """
        select r.parent from manifest_references r join manifests m on m.repository_id = r.repository_id and m.digest = r.parent
        where r.repository_id = @repository and r.child = @digest and r.kind <> 4 and m.deleted_at is null limit 1
        """;

    private const string TagsAfter = $"select t.name from tags t where t.repository_id = @repository and t.name > @last and {LiveTags.Only} order by t.name";

    public const string Tags = $"{TagsAfter} limit @limit";

    public const string PageEnd = $"{TagsAfter} limit 2 offset @skip";

    public const string SetImageFacts = "update manifests set platform = @platform, image_created_at = @created where repository_id = @repository and digest = @digest";

    /// <summary>A manifest's labels never change: they are of its digest.</summary>
    public const string InsertLabel = """
        insert into manifest_labels (repository_id, digest, key, value) values (@repository, @digest, @key, @value)
        on conflict (repository_id, digest, key) do nothing
        """;
}
