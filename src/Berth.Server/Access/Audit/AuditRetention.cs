using Berth.Server.Configuration;
using Berth.Server.Database;

namespace Berth.Server.Access.Audit;

/// <summary>At the start and every hour removes audit events that are older than the setting keeps them.</summary>
internal sealed class AuditRetention(MetadataDatabase database, BerthSettings settings, TimeProvider time, ILogger<AuditRetention> log) : RecurringTask(Every, time)
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    /// <summary>Removed in one transaction, so that nothing waits long behind it.</summary>
    private const int Batch = 500;

    public override string Purpose => "Remove audit events that are too old";

    protected override Task Run(CancellationToken cancellationToken) => RemoveOld(cancellationToken);

    protected override void Failed(Exception failure) => log.AuditEventsNotRemoved(failure);

    /// <summary>Removes what is too old by now.</summary>
    public async Task RemoveOld(CancellationToken cancellationToken)
    {
        var at = Clock.Micros(Time.GetUtcNow() - settings.AuditRetention);
        while (await database.Write(transaction => transaction.Execute(AuditQueries.DeleteOld, new { at, limit = Batch }), Durability.Process) == Batch)
            cancellationToken.ThrowIfCancellationRequested();
    }
}
