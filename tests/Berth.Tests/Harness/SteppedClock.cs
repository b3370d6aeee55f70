namespace Berth.Tests.Harness;

/// <summary>The real clock, which tests can put forward: timers run in real time, rows and tokens age at once.</summary>
internal sealed class SteppedClock : TimeProvider
{
    private long _aheadTicks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _aheadTicks));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _aheadTicks, by.Ticks);
}
