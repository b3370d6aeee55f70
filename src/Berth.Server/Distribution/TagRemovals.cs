using System.Threading.Channels;
using Berth.Server.Database;

namespace Berth.Server.Distribution;

/// <summary>
/// Ends the tags of deleted manifests. A tag whose manifest is not live does not exist, so the delete of a manifest with thousands of
/// tags is as quick as any: each tag's event, and the end of its row, follow here in small transactions, also after a restart.
/// </summary>
internal sealed class TagRemovals(MetadataDatabase database, ILogger<TagRemovals> log) : BackgroundService
{
    /// <summary>Up to as many end with their manifest, in its transaction; and as many in each transaction after it.</summary>
    private const int Batch = 100;

    private readonly Channel<bool> _begun = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Ends the tags of a manifest that this transaction deletes, or begins to.</summary>
    /// <param name="transaction">The delete.</param>
    /// <param name="removal">A row of tag_removals.</param>
    /// <returns>Whether some are left: then <see cref="Continue"/> after the commit.</returns>
    public static bool Begin(WriteTransaction transaction, object removal)
    {
        transaction.Execute(TagRemovalQueries.Begin, removal);
        return !Settle(transaction, removal);
    }

    /// <summary>Before a manifest lives again: its old tags must not.</summary>
    public static void Finish(WriteTransaction transaction, object manifest)
    {
        while (!Settle(transaction, manifest))
        {
        }
    }

    /// <summary>Before a tag is made where the row of a removed one may still stand.</summary>
    public static void Record(WriteTransaction transaction, object tag) => transaction.Execute(TagRemovalQueries.RecordOne, tag);

    /// <summary>Wakes what ends the rest.</summary>
    public void Continue() => _begun.Writer.TryWrite(true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        do
        {
            try
            {
                while (await SettleNext(stoppingToken))
                {
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.TagsNotRemoved(failure);
            }
        }
        while (await _begun.Reader.WaitToReadAsync(stoppingToken) && _begun.Reader.TryRead(out _));
    }

    private async Task<bool> SettleNext(CancellationToken cancellationToken)
    {
        RemovalRow? next;
        await using (var connection = await database.OpenRead(cancellationToken))
            next = await connection.QueryFirstOrDefault<RemovalRow>(TagRemovalQueries.Next, null, cancellationToken);
        if (next is null)
            return false;
        await database.Write(transaction =>
        {
            var manifest = new { repository = next.RepositoryId, digest = next.Digest };
            transaction.QueryForUpdate<long>(DistributionQueries.LockRepositoryRow, manifest);
            return Settle(transaction, manifest);
        });
        return true;
    }

    /// <summary>Ends some tags of a manifest, whose repository's row is locked; true once none is left.</summary>
    private static bool Settle(WriteTransaction transaction, object manifest)
    {
        // Held, so that no other replica records the same tags.
        if (transaction.QueryForUpdate<long?>(TagRemovalQueries.Lock, manifest) is null)
            return true;
        var some = new Dapper.DynamicParameters(manifest);
        some.Add("limit", Batch);
        transaction.Execute(TagRemovalQueries.RecordSome, some);
        var removed = transaction.Execute(TagRemovalQueries.DeleteSome, some);
        some.Add("removed", removed);
        if (removed > 0)
            transaction.Execute(DistributionQueries.CountRemoved, some);
        if (removed == Batch)
            return false;
        transaction.Execute(TagRemovalQueries.End, manifest);
        return true;
    }

    private sealed record RemovalRow(long RepositoryId, byte[] Digest);
}
