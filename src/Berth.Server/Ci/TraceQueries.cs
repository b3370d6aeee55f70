namespace Berth.Server.Ci;

/// <summary>The SQL of job logs.</summary>
internal static class TraceQueries
{
    public const string InsertChunk = "insert into job_trace_chunks (job_id, start, content) values (@job, @start, @content)";

    public const string Grow = "update jobs set trace_size = @size, touched_at = @now where id = @job";

    public const string LockSize = "select trace_size from jobs where id = @job";

    /// <summary>The piece in which an offset lies, or the first one behind it.</summary>
    public const string ChunkAt = """
        select start as Start, content as Content from job_trace_chunks
        where job_id = @job and start >= coalesce((select max(start) from job_trace_chunks where job_id = @job and start <= @offset), 0)
        order by start limit 1
        """;

    /// <summary>Finished jobs whose log is still in pieces.</summary>
    public const string Unarchived = """
        select distinct c.job_id from job_trace_chunks c join jobs j on j.id = c.job_id
        where c.job_id > @last and j.status in ('success', 'failed', 'canceled', 'skipped')
        order by c.job_id limit @limit
        """;

    public const string SetLocation = "update jobs set trace_location = @location where id = @job";

    public const string DeleteChunks = "delete from job_trace_chunks where job_id = @job";
}
