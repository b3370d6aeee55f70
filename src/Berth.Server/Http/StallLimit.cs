namespace Berth.Server.Http;

/// <summary>Ends a transfer that has not moved a byte for <see cref="RequestLimits.Stall"/>. There is no other limit on how slow a blob or a pack may come or go.</summary>
internal sealed class StallLimit : IDisposable
{
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stalled;
    private readonly CancellationTokenRegistration _aborted;
    private long _restarted;

    public StallLimit(TimeProvider time, CancellationToken requestAborted)
    {
        _time = time;
        _restarted = time.GetTimestamp();
        _stalled = new CancellationTokenSource(RequestLimits.Stall, time);
        _aborted = requestAborted.UnsafeRegister(static stalled => ((CancellationTokenSource)stalled!).Cancel(), _stalled);
    }

    public CancellationToken Token => _stalled.Token;

    /// <summary>To be called whenever bytes have moved; re-arms the timer at most once a second.</summary>
    public void Restart()
    {
        var now = _time.GetTimestamp();
        if (_time.GetElapsedTime(_restarted, now) < TimeSpan.FromSeconds(1))
            return;
        _restarted = now;
        _stalled.CancelAfter(RequestLimits.Stall);
    }

    public void Dispose()
    {
        _aborted.Dispose();
        _stalled.Dispose();
    }
}
