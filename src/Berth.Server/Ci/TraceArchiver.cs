namespace Berth.Server.Ci;

/// <summary>Every ten seconds moves the logs of finished jobs from the database into the store, and removes expired artifacts.</summary>
internal sealed class TraceArchiver(Traces traces, Artifacts artifacts, ObjectUploads uploads, TimeProvider time, ILogger<TraceArchiver> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private const int Batch = 100;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        var first = true;
        do
        {
            try
            {
                if (first)
                    await uploads.RemoveStrays(stoppingToken);
                first = false;
                await Run(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.NotArchived(failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Archives and expires what is due now.</summary>
    public async Task Run(CancellationToken cancellationToken)
    {
        for (long last = 0; await traces.Unarchived(last, Batch, cancellationToken) is { Count: > 0 } due; last = due[^1])
        {
            foreach (var job in due)
                await traces.Archive(job, cancellationToken);
        }
        await artifacts.Expire(cancellationToken);
    }
}
