using Berth.Server.Database;

namespace Berth.Server.Access.Login;

/// <summary>Credentials that were checked before, as they stand now: read on each request, so that what is revoked ends at once.</summary>
internal sealed class LiveCredentials(MetadataDatabase database, TimeProvider time)
{
    private readonly RowCache<(CredentialKind Kind, long Id), LiveCredential> _rows = new(database, time);

    /// <summary>Who a credential stands for; null if it has died.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="id">Its id.</param>
    /// <param name="issuedAt">Microseconds: when it was checked. A password changed since ends what the old one opened.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public ValueTask<Caller?> Find(CredentialKind kind, long id, long issuedAt, CancellationToken cancellationToken)
    {
        if (kind == CredentialKind.Anonymous)
            return ValueTask.FromResult<Caller?>(Caller.Anonymous);
        return _rows.Find((kind, id)) is { } kept ? ValueTask.FromResult(CallerOf(kept, issuedAt)) : Read(kind, id, issuedAt, cancellationToken);
    }

    /// <summary>The same, always from the database: so the work does not tell whether the credential was in use of late.</summary>
    public async ValueTask<Caller?> Read(CredentialKind kind, long id, long issuedAt, CancellationToken cancellationToken)
    {
        var generation = database.Generation;
        await using var connection = await database.OpenRead(cancellationToken);
        var command = connection.Prepare(LiveCredential.Query(kind), "id");
        command.Parameters[0].Value = id;
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken) || LiveCredential.Read(kind, id, row) is not { } live)
            return null;
        if (kind == CredentialKind.JobToken)
            live = live with { Caller = live.Caller with { Only = Reach.OfJob(live.Caller.Only!.ProjectId!.Value, await Hosts(row, cancellationToken)) } };
        _rows.Keep((kind, id), generation, live);
        return CallerOf(live, issuedAt);
    }

    private static async ValueTask<List<long>> Hosts(System.Data.Common.DbDataReader row, CancellationToken cancellationToken)
    {
        var hosts = new List<long>();
        do
        {
            if (LiveCredential.HostOf(row) is { } host)
                hosts.Add(host);
        }
        while (await row.ReadAsync(cancellationToken));
        return hosts;
    }

    private Caller? CallerOf(LiveCredential live, long issuedAt) =>
        live.ChangedAt <= issuedAt && (live.ExpiresAt is not { } end || end > time.Micros()) ? live.Caller : null;
}
