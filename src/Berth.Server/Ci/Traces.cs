using Berth.Server.Database;
using Berth.Server.Storage;

namespace Berth.Server.Ci;

/// <summary>
/// Logs of jobs: bytes as the runner sent them. While the job runs they are chunks in the database; when it is finished they become
/// one object in the store (<see cref="TraceArchiver"/>).
/// </summary>
internal sealed class Traces(MetadataDatabase database, IBlobStorage storage, ObjectUploads uploads, TimeProvider time)
{
    /// <summary>One chunk row; pieces of it are read at a time.</summary>
    public const int ChunkBytes = 128 * 1024;

    /// <summary>GitLab's default limit of a log, ci_jobs_trace_size_limit.</summary>
    public const long MaxBytes = 100L * 1024 * 1024;

    /// <summary>
    /// Appends where the log ends. Returns the log's size, and whether the bytes were taken: they are not if the runner's offset is
    /// another one than the size.
    /// </summary>
    public Task<(bool Taken, long Size)> Append(JobAccess access, long start, ReadOnlyMemory<byte> bytes)
    {
        var (job, now) = (access.Job.Id, time.Micros());
        return database.Write(transaction =>
        {
            var size = transaction.QueryForUpdate<long>(TraceQueries.LockSize, new { job });
            if (size != start)
                return (false, size);
            for (var at = 0; at < bytes.Length; at += ChunkBytes)
                transaction.Execute(TraceQueries.InsertChunk, new { job, start = size + at, content = bytes.Slice(at, Math.Min(ChunkBytes, bytes.Length - at)).ToArray() });
            transaction.Execute(TraceQueries.Grow, new { job, size = size + bytes.Length, now });
            return (true, size + bytes.Length);
        }, Durability.Process);
    }

    /// <summary>The log from <paramref name="offset"/> to where it ends now, in pieces.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> Read(JobRow job, long offset, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var current = job;
        while (true)
        {
            if (current.TraceLocation is { } location)
            {
                await foreach (var piece in ReadObject(location, offset, cancellationToken))
                    yield return piece;
                yield break;
            }
            var piece2 = await ReadChunk(job.Id, offset, cancellationToken);
            if (piece2.Length > 0)
            {
                yield return piece2;
                offset += piece2.Length;
                continue;
            }
            // No chunk: the end, or the archiver has just moved all of it into an object.
            var again = await Reload(job.Id, cancellationToken);
            if (again?.TraceLocation is null || again.TraceSize <= offset)
                yield break;
            current = again;
        }
    }

    /// <summary>
    /// Where the end of a log begins that has at most so many bytes and about so many lines: behind the end of a line, or 0 if that is
    /// all of it. Holds one piece at a time.
    /// </summary>
    public async Task<long> TailStart(JobRow job, int bytes, int lines, CancellationToken cancellationToken)
    {
        var start = Math.Max(0, job.TraceSize - bytes);
        // The ends of the last so many lines, as a ring: the oldest of them is where to begin.
        var (ends, count, offset) = (new long[lines], 0L, start);
        await foreach (var piece in Read(job, start, cancellationToken))
        {
            for (var at = 0; piece.Span[at..].IndexOf((byte)'\n') is >= 0 and var length; at += length + 1)
                ends[count++ % lines] = offset + at + length;
            offset += piece.Length;
        }
        return count < lines ? start : ends[count % lines];
    }

    /// <summary>Writes a finished job's chunks into an object, then forgets them.</summary>
    public async Task Archive(long jobId, CancellationToken cancellationToken)
    {
        var (location, _) = await uploads.Store(async staged =>
        {
            while (await ReadChunk(jobId, staged.Offset, cancellationToken) is { Length: > 0 } piece)
                await staged.Append(piece, cancellationToken);
        }, cancellationToken);
        var job = jobId;
        await database.Write(transaction =>
        {
            transaction.Execute(TraceQueries.SetLocation, new { job, location });
            transaction.Execute(TraceQueries.DeleteChunks, new { job });
        });
    }

    /// <summary>Finished jobs behind <paramref name="last"/> whose log is still in chunks.</summary>
    public async Task<List<long>> Unarchived(long last, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<long>(TraceQueries.Unarchived, new { last, limit }, cancellationToken);
    }

    private async Task<JobRow?> Reload(long jobId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<JobRow>(JobQueries.ById, new { id = jobId }, cancellationToken);
    }

    private async Task<ReadOnlyMemory<byte>> ReadChunk(long job, long offset, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var chunk = await connection.QueryFirstOrDefault<ChunkRow>(TraceQueries.ChunkAt, new { job, offset }, cancellationToken);
        return chunk is null || chunk.Start + chunk.Content.Length <= offset || chunk.Start > offset ? default : chunk.Content.AsMemory((int)(offset - chunk.Start));
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadObject(string location, long offset, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = await storage.OpenObject(location, cancellationToken);
        if (reader is null)
            yield break;
        var buffer = new byte[ChunkBytes];
        int read;
        while ((read = await reader.Read(buffer, offset, cancellationToken)) > 0)
        {
            yield return buffer.AsMemory(0, read);
            offset += read;
        }
    }

    private sealed record ChunkRow(long Start, byte[] Content);
}
