namespace Berth.Runner.Dispatch;

/// <summary>
/// Places for jobs: at most <c>concurrent</c> over all runners and <c>limit</c> of each. A request for a job holds a place already,
/// so that no job is taken that can't run.
/// </summary>
internal sealed class JobSlots
{
    private readonly Lock _lock = new();
    private readonly List<JobSlot> _taken = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _concurrent;

    /// <summary>How many there are over all runners; may change at any time.</summary>
    public int Concurrent
    {
        get => Volatile.Read(ref _concurrent);
        set
        {
            lock (_lock)
            {
                _concurrent = value;
                Signal();
            }
        }
    }

    /// <summary>Waits for a place.</summary>
    /// <param name="runner">Whose limit counts.</param>
    /// <param name="limit">0 for none.</param>
    public async Task<JobSlot> Take(object runner, int limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_taken.Count < _concurrent && (limit == 0 || _taken.Count(slot => slot.Runner == runner) < limit))
                {
                    var slot = new JobSlot(this, runner) { ConcurrentId = Free(_taken.Where(taken => taken.Runner == runner).Select(taken => taken.ConcurrentId)) };
                    _taken.Add(slot);
                    return slot;
                }
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Gives the slot's job its number among the runner's jobs of its project.</summary>
    public void Assign(JobSlot slot, long projectId)
    {
        lock (_lock)
        {
            var others = _taken.Where(taken => taken != slot && taken.Runner == slot.Runner && taken.ProjectId == projectId);
            slot.ConcurrentProjectId = Free(others.Select(taken => taken.ConcurrentProjectId));
            slot.ProjectId = projectId;
        }
    }

    public void Release(JobSlot slot)
    {
        lock (_lock)
        {
            if (_taken.Remove(slot))
                Signal();
        }
    }

    private void Signal()
    {
        _changed.SetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static int Free(IEnumerable<int> used)
    {
        var taken = used.ToHashSet();
        return Enumerable.Range(0, taken.Count + 1).First(id => !taken.Contains(id));
    }
}

/// <summary>One place, until it is disposed.</summary>
internal sealed class JobSlot(JobSlots slots, object runner) : IDisposable
{
    public object Runner => runner;

    public int ConcurrentId { get; init; }

    public long? ProjectId { get; set; }

    public int ConcurrentProjectId { get; set; }

    public void Dispose() => slots.Release(this);
}
