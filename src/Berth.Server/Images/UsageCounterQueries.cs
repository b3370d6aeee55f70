namespace Berth.Server.Images;

/// <summary>The SQL that adds quota deltas up.</summary>
internal static class UsageCounterQueries
{
    public const string Any = "select id from quota_deltas where id > 0 order by id limit 1";

    /// <summary>One after the other, however many replicas there are: what a project shares is counted from what was counted before.</summary>
    public const string Lock = "select value from counters where name = 'usage'";

    public const string Take = """
        delete from quota_deltas where id in (select id from quota_deltas where id > 0 order by id limit @limit)
        returning project_id as ProjectId, repository_id as RepositoryId, digest as Digest, bytes as Bytes, at as At
        """;

    public const string AddToRepository = "update repositories set size = size + @bytes where id = @id";

    public const string AddToProject = "update projects set image_size = image_size + @bytes, shared_size = shared_size + @shared where id = @id";

    public const string AddToDay = """
        insert into usage_days (project_id, day, bytes) values (@project, @day, @bytes)
        on conflict (project_id, day) do update set bytes = usage_days.bytes + excluded.bytes
        """;

    public const string AddCopies = """
        insert into project_blobs (project_id, digest, copies) values (@project, @digest, @copies)
        on conflict (project_id, digest) do update set copies = project_blobs.copies + excluded.copies
        returning copies
        """;

    public const string ForgetBlob = "delete from project_blobs where project_id = @project and digest = @digest";
}
