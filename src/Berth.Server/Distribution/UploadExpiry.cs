using Berth.Server.Database;
using Berth.Server.Storage;

namespace Berth.Server.Distribution;

/// <summary>
/// At the start and every ten minutes removes uploads that rested for longer than they may, finished ones that nobody asks for any
/// more, and staged bytes that a kill or a power loss left without a row.
/// </summary>
internal sealed class UploadExpiry(MetadataDatabase database, IBlobStorage storage, TimeProvider time, ILogger<UploadExpiry> log) : RecurringTask(Every, time)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    /// <summary>Removed in one transaction, so that pushes never wait long behind it.</summary>
    private const int Batch = 500;

    public override string Purpose => "Remove uploads that were given up";

    protected override async Task Run(CancellationToken cancellationToken)
    {
        await Expire(cancellationToken);
        await RemoveStrays(cancellationToken);
    }

    protected override void Failed(Exception failure) => log.UploadsNotExpired(failure);

    /// <summary>Removes what has expired by now.</summary>
    public async Task Expire(CancellationToken cancellationToken)
    {
        List<string> expired;
        do
        {
            var now = Time.Micros();
            expired = await database.Write(transaction =>
            {
                var ids = transaction.Query<string>(DistributionQueries.ExpiredUploads, new { now, limit = Batch });
                if (ids.Count > 0)
                    transaction.Execute(DistributionQueries.DeleteUploads, new { ids });
                return ids;
            });
            foreach (var id in expired)
                await storage.DeleteUpload(id, cancellationToken);
        }
        while (expired.Count == Batch);
    }

    /// <summary>Removes staged bytes without a row. The row of an upload is always there before its first byte; objects on their way have none.</summary>
    public async Task RemoveStrays(CancellationToken cancellationToken)
    {
        await foreach (var ids in storage.ListUploads().Where(id => !UploadIds.IsObject(id)).Chunk(Batch).WithCancellation(cancellationToken))
        {
            List<string> known;
            await using (var connection = await database.OpenRead(cancellationToken))
                known = await connection.Query<string>(DistributionQueries.KnownUploads, new { ids }, cancellationToken);
            foreach (var id in ids.Except(known))
                await storage.DeleteUpload(id, cancellationToken);
        }
    }
}
