namespace Berth.Server.Storage;

/// <summary>
/// A bounded number of threads for calls that block, such as fsync: 32 clients that sync at once would otherwise hold all
/// threads of the pool. Threads start on demand; work beyond their number waits in an unbounded queue.
/// </summary>
/// <param name="limit">How many threads there are at most.</param>
internal sealed class BlockingThreads(int limit) : IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<Action> _queue = new();
    private int _threads;
    private int _idle;
    private bool _ended;

    /// <summary>Runs <paramref name="work"/> on one of the threads; what it throws ends the task.</summary>
    /// <exception cref="ObjectDisposedException">The threads were told to end.</exception>
    public Task<T> Run<T>(Func<T> work)
    {
        // Continuations belong on the pool, not on these few threads.
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(() =>
        {
            try
            {
                completion.SetResult(work());
            }
            catch (Exception fault)
            {
                completion.SetException(fault);
            }
        });
        return completion.Task;
    }

    /// <summary>Lets the threads finish what is queued and then end. Doesn't wait for them.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Enqueue(Action work)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_ended, this);
            _queue.Enqueue(work);
            // An idle thread that was pulsed but hasn't woken yet still counts as idle, hence the queue's length.
            if (_queue.Count > _idle && _threads < limit)
            {
                _threads++;
                new Thread(Work) { IsBackground = true, Name = "berth blocking" }.Start();
            }
            else
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    private void Work()
    {
        while (Next() is { } work)
            work();
    }

    private Action? Next()
    {
        lock (_gate)
        {
            _idle++;
            while (_queue.Count == 0 && !_ended)
                Monitor.Wait(_gate);
            _idle--;
            return _queue.TryDequeue(out var work) ? work : null;
        }
    }
}
