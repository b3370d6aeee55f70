namespace Berth.Server.Database;

/// <summary>The SQL that shows administrators the work that outlives the process.</summary>
internal static class WaitingTaskQueries
{
    public const string First = """
        select id as Id, kind as Kind, run_at as RunAt, owner as Owner, lease_until as LeaseUntil, attempts as Attempts, last_error as LastError, created_at as CreatedAt
        from tasks where run_at > @after order by run_at, id limit @limit
        """;
}
