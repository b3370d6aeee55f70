using Berth.Server.Database;
using Berth.Server.Storage;

namespace Berth.Server.Ci;

/// <summary>What jobs leave behind: objects in the store, each owned by its job's row, until they expire.</summary>
internal sealed class Artifacts(MetadataDatabase database, IBlobStorage storage, ObjectUploads uploads, TimeProvider time)
{
    public const string Archive = "archive";

    /// <summary>GitLab's default for artifacts without a time of their own.</summary>
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(30);

    /// <summary>Streams a body into the store and gives it to the job; an upload of the same kind takes the place of the earlier one.</summary>
    /// <exception cref="StorageFullException">There is no room.</exception>
    public async Task<long> Store(JobAccess access, string kind, string format, string filename, TimeSpan? lifetime, Stream body, CancellationToken cancellationToken)
    {
        storage.EnsureRoom(0);
        var (location, size) = await uploads.Store(staged => Copy(body, staged, cancellationToken), cancellationToken);
        var (job, now) = (access.Job.Id, time.Micros());
        var replaced = await database.Write(transaction =>
        {
            var before = transaction.QueryFirstOrDefault<string>(ArtifactQueries.Location, new { job, kind });
            transaction.Execute(ArtifactQueries.Upsert, new { job, kind, format, filename, size, location, now, expires = lifetime is { } time ? now + (long)time.TotalMicroseconds : (long?)null });
            return before;
        });
        if (replaced is not null)
            await storage.DeleteObject(replaced, CancellationToken.None);
        return size;
    }

    public async Task<ArtifactRow?> Find(long jobId, string kind, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<ArtifactRow>(ArtifactQueries.OfJob, new { job = jobId, kind, now = time.Micros() }, cancellationToken);
    }

    /// <summary>The archives of a pipeline's jobs.</summary>
    public async Task<List<ArtifactRow>> OfPipeline(long pipelineId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<ArtifactRow>(ArtifactQueries.OfPipeline, new { pipeline = pipelineId, now = time.Micros() }, cancellationToken);
    }

    public ValueTask<IBlobReader?> Open(ArtifactRow artifact, CancellationToken cancellationToken) => storage.OpenObject(artifact.Location, cancellationToken);

    /// <summary>Removes what has expired by now.</summary>
    public async Task Expire(CancellationToken cancellationToken)
    {
        const int Batch = 200;
        List<ArtifactRow> expired;
        do
        {
            var now = time.Micros();
            expired = await database.Write(transaction =>
            {
                var rows = transaction.Query<ArtifactRow>(ArtifactQueries.Expired, new { now, limit = Batch });
                foreach (var row in rows)
                    transaction.Execute(ArtifactQueries.Delete, new { job = row.JobId, kind = row.Kind });
                return rows;
            });
            foreach (var row in expired)
                await storage.DeleteObject(row.Location, cancellationToken);
        }
        while (expired.Count == Batch);
    }

    private static async Task Copy(Stream body, IStagedUpload staged, CancellationToken cancellationToken)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            int read;
            while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
                await staged.Append(buffer.AsMemory(0, read), cancellationToken);
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>An artifact as the database has it.</summary>
internal sealed record ArtifactRow(long JobId, string Kind, string Format, string Filename, long Size, string Location, long CreatedAt, long? ExpiresAt);
