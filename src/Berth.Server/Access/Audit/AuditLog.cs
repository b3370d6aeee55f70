using Berth.Server.Database;

namespace Berth.Server.Access.Audit;

/// <summary>Reads audit events, newest first.</summary>
internal sealed class AuditLog(MetadataDatabase database)
{
    /// <summary>Events get their number at the end of a transaction and their time at its start; none takes so long.</summary>
    private const long Slack = Clock.Minute;

    /// <summary>One more than the page holds, where there are more.</summary>
    public async Task<List<AuditEventRow>> Page(AuditFilter filter, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        var (least, before) = (0L, filter.Before);
        // The numbers between which the wanted times are, so that old events are found without reading all newer ones.
        if (filter.CreatedBefore < long.MaxValue - Slack)
            before = Math.Min(before, 1 + await connection.QueryFirstOrDefault<long>(AuditQueries.LastUntil, new { at = filter.CreatedBefore + Slack }, cancellationToken));
        if (filter.CreatedAfter > Slack)
            least = await connection.QueryFirstOrDefault<long?>(AuditQueries.FirstSince, new { at = filter.CreatedAfter - Slack }, cancellationToken) ?? long.MaxValue;
        var sql = filter switch
        {
            { EntityId: not null } => AuditQueries.PageOfEntity,
            { ActorId: not null } => AuditQueries.PageOfActor,
            _ => AuditQueries.Page,
        };
        return await connection.Query<AuditEventRow>(sql, new
        {
            kind = filter.EntityKind ?? "",
            entity = filter.EntityId ?? 0,
            actor = filter.ActorId ?? 0,
            createdAfter = filter.CreatedAfter,
            createdBefore = filter.CreatedBefore,
            before,
            least,
            limit = filter.Limit + 1,
            skip = filter.Skip,
        }, cancellationToken);
    }

    public async Task<AuditEventRow?> Find(long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<AuditEventRow>(AuditQueries.ById, new { id }, cancellationToken);
    }
}

/// <summary>Which events: times in microseconds, those included; <c>Before</c> an event's number, that one not.</summary>
internal sealed record AuditFilter(int Limit)
{
    public string? EntityKind { get; init; }

    /// <summary>Only together with the kind.</summary>
    public long? EntityId { get; init; }

    public long? ActorId { get; init; }

    public long CreatedAfter { get; init; }

    public long CreatedBefore { get; init; } = long.MaxValue;

    public long Before { get; init; } = long.MaxValue;

    public int Skip { get; init; }
}

/// <summary>An event as the database has it.</summary>
internal sealed record AuditEventRow(
    long Id, long At, long? ActorId, string ActorName, string Credential, string? Address, string Action, string EntityKind, long EntityId, string EntityPath,
    string TargetKind, long? TargetId, string TargetName, string Details);
