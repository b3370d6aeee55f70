using Berth.Server.Database;

namespace Berth.Server.Access.Places;

/// <summary>
/// What goes on to be found by a path that it left: projects and groups for <see cref="Lifetime"/>, for those who may see them, unless
/// the path is given to something else before. Rows that mean nothing any more are removed at the start and every hour.
/// </summary>
internal sealed class RouteAliases(MetadataDatabase database, TimeProvider time, ILogger<RouteAliases> log) : RecurringTask(Every, time)
{
    /// <summary>Time enough for the readers of an image to change their files.</summary>
    public const int Days = 30;

    /// <summary>Microseconds.</summary>
    public const long Lifetime = Days * Clock.Day;

    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    /// <summary>Removed in one transaction, so that nothing waits long behind it.</summary>
    private const int Batch = 500;

    /// <summary>Before what is at a path, and below it, leaves it.</summary>
    public static void Keep(WriteTransaction transaction, string path, long now)
    {
        var below = PathRange.Below(path.ToLowerInvariant());
        transaction.Execute(RouteAliasQueries.Keep, new { path = path.ToLowerInvariant(), from = below.From, end = below.End, until = now + Lifetime });
    }

    /// <summary>When a path is given out: who pulls by it from now on means its new owner, also below it.</summary>
    public static void End(WriteTransaction transaction, string path)
    {
        var below = PathRange.Below(path.ToLowerInvariant());
        transaction.Execute(RouteAliasQueries.End, new { path = path.ToLowerInvariant(), from = below.From, end = below.End });
    }

    public override string Purpose => "Forget old paths of what was renamed";

    protected override Task Run(CancellationToken cancellationToken) => RemoveExpired(cancellationToken);

    protected override void Failed(Exception failure) => log.RouteAliasesNotRemoved(failure);

    /// <summary>Removes what has expired by now.</summary>
    public async Task RemoveExpired(CancellationToken cancellationToken)
    {
        var now = Time.Micros();
        while (await database.Write(transaction => transaction.Execute(RouteAliasQueries.DeleteExpired, new { now, limit = Batch }), Durability.Process) == Batch)
            cancellationToken.ThrowIfCancellationRequested();
    }
}
