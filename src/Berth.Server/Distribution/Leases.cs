using Berth.Oci;
using Berth.Server.Database;

namespace Berth.Server.Distribution;

/// <summary>
/// Each "I have it" (HEAD and GET 200, mount and upload 201) keeps the content of that repository from collection for 24 hours.
/// Renewed in the background while over half of that remains, awaited otherwise; a GET never waits. A lease that cannot be written
/// does not spoil the answer.
/// </summary>
internal sealed class Leases(MetadataDatabase database, TimeProvider time, ILogger<Leases> log)
{
    public const long Duration = 24 * Clock.Hour;

    /// <summary>A lease this young is left as it is, so that a popular image costs one write an hour.</summary>
    private const long Step = Clock.Hour;

    public long FromNow() => time.Micros() + Duration;

    public ValueTask Renew(LeaseKind kind, long repositoryId, Digest digest, long until, bool mayWait)
    {
        var remains = until - time.Micros();
        if (remains > Duration - Step)
            return ValueTask.CompletedTask;
        var written = Write(kind, repositoryId, digest);
        return mayWait && remains < Duration / 2 ? new ValueTask(written) : ValueTask.CompletedTask;
    }

    private async Task Write(LeaseKind kind, long repositoryId, Digest digest)
    {
        try
        {
            var sql = kind == LeaseKind.Blob ? DistributionQueries.RenewBlobLease : DistributionQueries.RenewManifestLease;
            var lease = FromNow();
            await database.Write(transaction => transaction.Execute(sql, new { lease, repository = repositoryId, digest = digest.ToBytes() }));
        }
        catch (Exception failure)
        {
            log.LeaseNotRenewed(digest, failure);
        }
    }
}

internal enum LeaseKind
{
    Blob,
    Manifest,
}
