using System.Diagnostics;

namespace Berth.Load;

/// <summary>How much is asked of a registry at once, and until when.</summary>
/// <param name="Clients">Clients at once, each with a connection of its own.</param>
/// <param name="Count">Operations in all, where no duration is given.</param>
/// <param name="Duration">How long new operations are begun; those under way are finished and counted.</param>
internal sealed record LoadShape(int Clients, int Count, TimeSpan? Duration)
{
    /// <summary>Runs an operation over and over by every client, and times each.</summary>
    /// <param name="name">The scenario's name, for the result.</param>
    /// <param name="bytes">What one operation moves.</param>
    /// <param name="operation">One operation.</param>
    /// <param name="cancellationToken">Ends it without a result.</param>
    public async Task<LoadResult> Run(string name, long bytes, Func<CancellationToken, Task> operation, CancellationToken cancellationToken)
    {
        var begun = 0;
        var started = Stopwatch.GetTimestamp();
        var latencies = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(Client, cancellationToken)));
        return new LoadResult(name, Clients, bytes, Stopwatch.GetElapsedTime(started), [.. latencies.SelectMany(each => each).Order()]);

        async Task<List<double>> Client()
        {
            var taken = new List<double>();
            while (MayBegin())
            {
                var start = Stopwatch.GetTimestamp();
                await operation(cancellationToken);
                taken.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
            return taken;
        }

        bool MayBegin() => Duration is { } limit ? Stopwatch.GetElapsedTime(started) < limit : Interlocked.Increment(ref begun) <= Count;
    }
}
