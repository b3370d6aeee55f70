namespace Berth.Runner.Dispatch;

/// <summary>The jobs that run, so that the process can wait for them.</summary>
internal sealed class RunningJobs
{
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _tasks = [];

    public int Count
    {
        get
        {
            lock (_lock)
                return _tasks.Count;
        }
    }

    /// <param name="job">Runs in the background and throws nothing.</param>
    public void Start(Func<Task> job)
    {
        var task = Task.Run(job);
        lock (_lock)
            _tasks.Add(task);
        _ = Forget(task);
    }

    /// <summary>Ends when no job runs.</summary>
    public async Task Drain(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task all;
            lock (_lock)
            {
                if (_tasks.Count == 0)
                    return;
                all = Task.WhenAll(_tasks);
            }
            await all.WaitAsync(cancellationToken);
            await Task.Yield();
        }
    }

    private async Task Forget(Task task)
    {
        try
        {
            await task;
        }
        finally
        {
            lock (_lock)
                _tasks.Remove(task);
        }
    }
}
