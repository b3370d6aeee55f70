namespace Berth.Server.Database;

/// <summary>The rows of <c>tasks</c> as administrators see them.</summary>
internal sealed class WaitingTasks(MetadataDatabase database)
{
    /// <summary>Those that are due first.</summary>
    public async Task<List<WaitingTask>> First(int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.Query<WaitingTask>(WaitingTaskQueries.First, new { after = 0L, limit }, cancellationToken);
    }
}

/// <summary>Work that was promised. Times in microseconds; <c>Owner</c>: the process that does it, until <c>LeaseUntil</c> at most.</summary>
internal sealed record WaitingTask(long Id, string Kind, long RunAt, string? Owner, long? LeaseUntil, long Attempts, string? LastError, long CreatedAt);
