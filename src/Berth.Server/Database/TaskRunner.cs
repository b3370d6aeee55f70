using System.Threading.Channels;

namespace Berth.Server.Database;

/// <summary>
/// Does one kind of the work that was promised and outlives the process: rows of <c>tasks</c>, each done by one replica at a time, in
/// small steps that commit what they did, so that whoever follows goes on where it stands. What fails is tried again, later each time.
/// </summary>
internal abstract class TaskRunner(string kind, MetadataDatabase database, TimeProvider time) : BackgroundService
{
    /// <summary>Failures without a step forward after which a task is given up: at <see cref="Pause"/> that is an hour later.</summary>
    private const int MaxAttempts = 10;

    /// <summary>How soon another replica's task is found, or one whose replica died.</summary>
    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(10);

    private readonly string _owner = Guid.NewGuid().ToString("N");
    private readonly Channel<bool> _waiting = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    protected MetadataDatabase Database { get; } = database;

    protected TimeProvider Time { get; } = time;

    /// <summary>After the commit of a transaction that called <see cref="Enqueue"/>: this process begins at once.</summary>
    public void Wake() => _waiting.Writer.TryWrite(true);

    protected void Enqueue(WriteTransaction transaction, string payload, long now) => transaction.Execute(TaskQueries.Insert, new { kind, payload, now });

    /// <summary>Does the task, or as much of it as there is time for; it is done when this returns, unless the lease was lost.</summary>
    protected abstract Task Run(TaskLease lease, CancellationToken cancellationToken);

    protected abstract void Failed(TaskLease lease, Exception failure);

    /// <summary>In the transaction that gives the task up.</summary>
    protected abstract void GiveUp(WriteTransaction transaction, TaskLease lease, Exception failure);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // With no other writer than this process, whoever had a lease is dead.
        var isFirst = Database.Generation is not null;
        while (true)
        {
            try
            {
                if (isFirst)
                    await Database.Write(transaction => transaction.Execute(TaskQueries.GiveAllBack, new { kind }));
                isFirst = false;
                while (await Take() is { } lease)
                    await RunTaken(lease, stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                Failed(new TaskLease(0, _owner, ""), failure);
            }
            await Wait(stoppingToken);
        }
    }

    private async Task Wait(CancellationToken stoppingToken)
    {
        using var poll = new CancellationTokenSource(PollEvery, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(poll.Token, stoppingToken);
        try
        {
            await _waiting.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
        }
    }

    private Task<TaskLease?> Take()
    {
        var now = Time.Micros();
        return Database.Write(transaction =>
        {
            // On PostgreSQL the second of two replicas waits here for the first, and then finds the row taken.
            if (transaction.QueryForUpdate<TaskRow>(TaskQueries.Due, new { kind, now }) is not { } row)
                return null;
            transaction.Execute(TaskQueries.Take, new { id = row.Id, owner = _owner, until = now + TaskLease.Duration });
            return new TaskLease(row.Id, _owner, row.Payload);
        });
    }

    private async Task RunTaken(TaskLease lease, CancellationToken stoppingToken)
    {
        try
        {
            await Run(lease, stoppingToken);
            await Database.Write(transaction => transaction.Execute(TaskQueries.Delete, new { id = lease.Id, owner = lease.Owner }));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Database.Write(transaction => transaction.Execute(TaskQueries.GiveBack, new { id = lease.Id, owner = lease.Owner }));
            throw;
        }
        catch (Exception failure)
        {
            Failed(lease, failure);
            await Database.Write(transaction => Postpone(transaction, lease, failure));
        }
    }

    private void Postpone(WriteTransaction transaction, TaskLease lease, Exception failure)
    {
        var attempts = transaction.QueryFirstOrDefault<long>(TaskQueries.Attempts, new { id = lease.Id }) + 1;
        if (attempts < MaxAttempts)
        {
            transaction.Execute(TaskQueries.Postpone, new { id = lease.Id, owner = lease.Owner, at = Time.Micros() + Pause(attempts), attempts, error = failure.Message });
            return;
        }
        if (transaction.Execute(TaskQueries.Delete, new { id = lease.Id, owner = lease.Owner }) > 0)
            GiveUp(transaction, lease, failure);
    }

    /// <summary>Microseconds: 10 seconds, then twice as long each time.</summary>
    private static long Pause(long attempts) => 10 * Clock.Second << (int)Math.Min(attempts - 1, 8);

    private sealed record TaskRow(long Id, string Payload);
}
