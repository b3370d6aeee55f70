namespace Berth.Server.Database;

/// <summary>Work in the background that is done at the start and again every so often. What fails is told, and tried again at the next time.</summary>
internal abstract class RecurringTask(TimeSpan every, TimeProvider time) : BackgroundService
{
    private RecurringState _state = new("", every, false, null, null, null);

    /// <summary>What it is for, in a few words for administrators.</summary>
    public virtual string Purpose => GetType().Name;

    public RecurringState State => Volatile.Read(ref _state) with { Purpose = Purpose };

    protected TimeProvider Time { get; } = time;

    protected abstract Task Run(CancellationToken cancellationToken);

    protected abstract void Failed(Exception failure);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every, Time);
        do
        {
            Volatile.Write(ref _state, _state with { IsRunning = true });
            try
            {
                await Run(stoppingToken);
                Volatile.Write(ref _state, _state with { IsRunning = false, EndedAt = Time.GetUtcNow() });
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                Volatile.Write(ref _state, _state with { IsRunning = false, FailedAt = Time.GetUtcNow(), Failure = failure.Message });
                Failed(failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
