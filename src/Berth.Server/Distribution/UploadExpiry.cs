using Berth.Server.Database;
using Berth.Server.Storage;

namespace Berth.Server.Distribution;

/// <summary>
/// At the start and every ten minutes removes uploads that rested for longer than they may, finished ones that nobody asks for any
/// more, and staged bytes of which a kill or a power loss left nothing else. Uploads that rest get rows, so that others can be held.
/// </summary>
internal sealed class UploadExpiry(MetadataDatabase database, IBlobStorage storage, UploadSessions uploads, HeldUploads held, TimeProvider time, ILogger<UploadExpiry> log) : RecurringTask(Every, time)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    /// <summary>After which an upload gets a row.</summary>
    private const long Rest = 10 * Clock.Minute;

    /// <summary>Removed in one transaction, so that pushes never wait long behind it.</summary>
    private const int Batch = 500;

    public override string Purpose => "Remove uploads that were given up";

    protected override async Task Run(CancellationToken cancellationToken)
    {
        await Expire(cancellationToken);
        await RemoveStrays(cancellationToken);
        await Settle();
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
        foreach (var id in held.RemoveExpired(Time.Micros()))
            await storage.DeleteUpload(id, cancellationToken);
    }

    /// <summary>Gives rows to uploads that rest.</summary>
    public Task Settle() => uploads.Settle(Time.Micros() + UploadSessions.Lifetime - Rest);

    /// <summary>Removes staged bytes of which nothing is known: an upload is held or has its row before its first byte; objects on their way have neither.</summary>
    public async Task RemoveStrays(CancellationToken cancellationToken)
    {
        await foreach (var ids in storage.ListUploads().Where(id => !UploadIds.IsObject(id)).Chunk(Batch).WithCancellation(cancellationToken))
        {
            // Held ones first: they get rows meanwhile.
            var unheld = ids.Where(id => held.Find(id) is null).ToArray();
            if (unheld.Length == 0)
                continue;
            List<string> known;
            await using (var connection = await database.OpenRead(cancellationToken))
                known = await connection.Query<string>(DistributionQueries.KnownUploads, new { ids = unheld }, cancellationToken);
            foreach (var id in unheld.Except(known))
                await storage.DeleteUpload(id, cancellationToken);
        }
    }
}
