using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Database;

namespace Berth.Server.Images;

/// <summary>What the whole instance holds. Blobs are counted at the start and every hour, since that reads all of their rows.</summary>
internal sealed class InstanceStorage(MetadataDatabase database, BerthSettings settings, TimeProvider time, ILogger<InstanceStorage> log) : RecurringTask(Every, time)
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    private BlobCount? _count;

    /// <summary>Null until they were counted once.</summary>
    public BlobCount? Count => Volatile.Read(ref _count);

    public override string Purpose => "Count stored blobs";

    /// <summary>Bytes of the file system with the data directory: free for Berth, and all.</summary>
    public (long Free, long Total) Disk()
    {
        var drive = new DriveInfo(settings.DataDirectory);
        return (drive.AvailableFreeSpace, drive.TotalSize);
    }

    /// <summary>The projects whose images hold most.</summary>
    public async Task<List<ProjectSizeRow>> Largest(ApiAccess access, int limit, CancellationToken cancellationToken)
    {
        access.DemandAdmin();
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<ProjectSizeRow>(InstanceStorageQueries.Largest, new { limit }, cancellationToken);
    }

    protected override async Task Run(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var row = await connection.QueryFirstOrDefault<CountRow>(InstanceStorageQueries.CountBlobs, null, cancellationToken);
        Volatile.Write(ref _count, new BlobCount(row!.Blobs, row.Bytes, Time.Micros()));
    }

    protected override void Failed(Exception failure) => log.BlobsNotCounted(failure);

    private sealed record CountRow(long Blobs, long Bytes);
}

/// <summary>Blobs and their bytes on the disk, each once, as they were at a time in microseconds.</summary>
internal sealed record BlobCount(long Blobs, long Bytes, long At);
