using System.Globalization;

namespace Berth.Runner.Trace;

/// <summary>What a job's time goes to that the runner only waits for.</summary>
internal enum TimeUse
{
    Pull,

    /// <summary>The start of services, and the wait until they answer.</summary>
    Services,

    /// <summary>The job's own scripts, from the start of their container to its end.</summary>
    Script,
}

/// <summary>Where a job's time went. The rest is the runner's own share and the engine's, and the coordinator's answers.</summary>
internal sealed class JobTimes(TimeProvider time)
{
    private readonly TimeSpan[] _used = new TimeSpan[Enum.GetValues<TimeUse>().Length];
    private readonly long _started = time.GetTimestamp();

    /// <summary>Counts until the returned value is disposed.</summary>
    public Span Begin(TimeUse use) => new(this, use, time.GetTimestamp());

    public override string ToString()
    {
        var whole = time.GetElapsedTime(_started);
        var rest = whole - _used.Aggregate(TimeSpan.Zero, (sum, used) => sum + used);
        var parts = Enum.GetValues<TimeUse>().Select(use => $"{use.ToString().ToLowerInvariant()} {Seconds(_used[(int)use])}");
        return $"{Seconds(whole)} ({string.Join(", ", parts)}, rest {Seconds(rest)})";
    }

    private static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.000} s");

    internal readonly struct Span(JobTimes times, TimeUse use, long started) : IDisposable
    {
        public void Dispose() => times.Add(use, started);
    }

    private void Add(TimeUse use, long started) => _used[(int)use] += time.GetElapsedTime(started);
}
