namespace Berth.Server.Database;

/// <summary>The SQL of work that outlives the process.</summary>
internal static class TaskQueries
{
    public const string Insert = """
        insert into tasks (kind, payload, run_at, attempts, created_at) values (@kind, @payload, @now, 0, @now)
        """;

    /// <summary>The next that is due and nobody's, or whose owner has not been heard of.</summary>
    public const string Due = """
        select id as Id, payload as Payload from tasks
        where kind = @kind and run_at <= @now and (lease_until is null or lease_until <= @now) order by run_at, id limit 1
        """;

    public const string Take = "update tasks set owner = @owner, lease_until = @until where id = @id";

    /// <summary>No row if another has taken it. What comes forward has not failed.</summary>
    public const string Renew = "update tasks set lease_until = @until, attempts = 0 where id = @id and owner = @owner";

    public const string Attempts = "select attempts from tasks where id = @id";

    public const string Delete = "delete from tasks where id = @id and owner = @owner";

    public const string Postpone = """
        update tasks set owner = null, lease_until = null, run_at = @at, attempts = @attempts, last_error = @error where id = @id and owner = @owner
        """;

    public const string GiveBack = "update tasks set owner = null, lease_until = null where id = @id and owner = @owner";

    public const string GiveAllBack = "update tasks set owner = null, lease_until = null where kind = @kind";
}
