using Berth.Server.Database;
using Berth.Server.Storage;

namespace Berth.Server.Distribution;

/// <summary>Every ten minutes removes uploads that rested for longer than they may, and finished ones that nobody asks for any more.</summary>
internal sealed class UploadExpiry(MetadataDatabase database, IBlobStorage storage, TimeProvider time, ILogger<UploadExpiry> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    /// <summary>Removed in one transaction, so that pushes never wait long behind it.</summary>
    private const int Batch = 500;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Expire(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.UploadsNotExpired(failure);
            }
        }
    }

    /// <summary>Removes what has expired by now.</summary>
    public async Task Expire(CancellationToken cancellationToken)
    {
        List<string> expired;
        do
        {
            var now = time.Micros();
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
}
