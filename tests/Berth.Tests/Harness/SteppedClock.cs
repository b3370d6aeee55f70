namespace Berth.Tests.Harness;

/// <summary>
/// The real clock, which tests can put forward. By <see cref="Advance"/> timers run on in real time and rows and tokens age at once;
/// by <see cref="AdvanceWithTimers"/> timers come nearer too.
/// </summary>
internal sealed class SteppedClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly HashSet<Timer> _timers = [];
    private long _aheadTicks;
    private long _timersAheadTicks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _aheadTicks));

    public override long GetTimestamp() =>
        base.GetTimestamp() + (long)(TimeSpan.FromTicks(Interlocked.Read(ref _timersAheadTicks)).TotalSeconds * TimestampFrequency);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _aheadTicks, by.Ticks);

    /// <summary>As if so much time had gone by: what is due by then fires now.</summary>
    public void AdvanceWithTimers(TimeSpan by)
    {
        lock (_gate)
        {
            var before = GetTimestamp();
            Advance(by);
            Interlocked.Add(ref _timersAheadTicks, by.Ticks);
            foreach (var timer in _timers)
                timer.Rearm(before);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        lock (_gate)
            _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>A timer of the real clock that knows when it is due on this one. A period is not brought nearer.</summary>
    private sealed class Timer(SteppedClock clock, ITimer real) : ITimer
    {
        private long? _due;
        private TimeSpan _period;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                (_due, _period) = (dueTime == Timeout.InfiniteTimeSpan ? null : clock.GetTimestamp() + (long)(dueTime.TotalSeconds * clock.TimestampFrequency), period);
                return real.Change(dueTime, period);
            }
        }

        /// <summary>Called with the clock's gate held. What was due before has fired.</summary>
        public void Rearm(long before)
        {
            if (_due is not { } due || due <= before)
                return;
            var left = clock.GetElapsedTime(clock.GetTimestamp(), due);
            real.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, _period);
        }

        public void Dispose()
        {
            lock (clock._gate)
                clock._timers.Remove(this);
            real.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
