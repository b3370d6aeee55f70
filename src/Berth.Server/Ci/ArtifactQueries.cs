namespace Berth.Server.Ci;

/// <summary>The SQL of artifacts.</summary>
internal static class ArtifactQueries
{
    private const string Columns = "job_id as JobId, kind as Kind, format as Format, filename as Filename, size as Size, location as Location, created_at as CreatedAt, expires_at as ExpiresAt";

    public const string OfJob = $"select {Columns} from job_artifacts where job_id = @job and kind = @kind and (expires_at is null or expires_at > @now)";

    public const string OfPipeline = """
        select a.job_id as JobId, a.kind as Kind, a.format as Format, a.filename as Filename, a.size as Size, a.location as Location,
            a.created_at as CreatedAt, a.expires_at as ExpiresAt
        from job_artifacts a join jobs j on j.id = a.job_id
        where j.pipeline_id = @pipeline and a.kind = 'archive' and (a.expires_at is null or a.expires_at > @now)
        """;

    public const string Location = "select location from job_artifacts where job_id = @job and kind = @kind";

    public const string Upsert = """
        insert into job_artifacts (job_id, kind, format, filename, size, location, created_at, expires_at)
        values (@job, @kind, @format, @filename, @size, @location, @now, @expires)
        on conflict (job_id, kind) do update set format = excluded.format, filename = excluded.filename, size = excluded.size,
            location = excluded.location, created_at = excluded.created_at, expires_at = excluded.expires_at
        """;

    public const string Expired = $"select {Columns} from job_artifacts where expires_at < @now order by expires_at, job_id limit @limit";

    public const string Delete = "delete from job_artifacts where job_id = @job and kind = @kind";
}
