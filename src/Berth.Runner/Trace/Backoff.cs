namespace Berth.Runner.Trace;

/// <summary>Growing pauses between attempts: 1 s, doubled to at most a minute, each up to a fifth shorter or longer.</summary>
internal sealed class Backoff(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private TimeSpan _pause = First;

    public void Reset() => _pause = First;

    public TimeSpan Next()
    {
        var pause = _pause * (0.8 + Random.Shared.NextDouble() * 0.4);
        _pause = _pause * 2 < Longest ? _pause * 2 : Longest;
        return pause;
    }

    public Task Wait(CancellationToken cancellationToken) => Task.Delay(Next(), time, cancellationToken);
}
