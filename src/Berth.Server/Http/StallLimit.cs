namespace Berth.Server.Http;

/// <summary>Ends a transfer that has not moved a byte for <see cref="RequestLimits.Stall"/>. There is no other limit on how slow a blob or a pack may come or go.</summary>
internal sealed class StallLimit(CancellationToken requestAborted) : IDisposable
{
    private readonly CancellationTokenSource _stalled = Start(requestAborted);
    private long _restarted = Environment.TickCount64;

    public CancellationToken Token => _stalled.Token;

    /// <summary>To be called whenever bytes have moved; re-arms the timer at most once a second.</summary>
    public void Restart()
    {
        var now = Environment.TickCount64;
        if (now - _restarted < 1000)
            return;
        _restarted = now;
        _stalled.CancelAfter(RequestLimits.Stall);
    }

    public void Dispose() => _stalled.Dispose();

    private static CancellationTokenSource Start(CancellationToken requestAborted)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(requestAborted);
        source.CancelAfter(RequestLimits.Stall);
        return source;
    }
}
