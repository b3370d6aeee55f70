using System.Diagnostics.Metrics;

namespace Berth.Server.Git;

/// <summary>Counters of git. They name no project.</summary>
internal sealed class GitMetrics
{
    public const string MeterName = "Berth.Git";

    private readonly Counter<long> _fetchedBytes;
    private readonly Counter<long> _pushedBytes;
    private readonly Counter<long> _movedRefs;
    private readonly UpDownCounter<long> _processes;

    public GitMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _fetchedBytes = meter.CreateCounter<long>("berth.git.fetched", "By", "Bytes that fetches of git sent to clients");
        _pushedBytes = meter.CreateCounter<long>("berth.git.pushed", "By", "Bytes that pushes of git received from clients");
        _movedRefs = meter.CreateCounter<long>("berth.git.refs.moved", "{ref}", "Branches and tags that pushes made, moved or deleted");
        _processes = meter.CreateUpDownCounter<long>("berth.git.processes", "{process}", "Processes of git that serve clients now");
    }

    public void Fetched(long bytes) => _fetchedBytes.Add(bytes);

    public void Pushed(long bytes, int refs)
    {
        _pushedBytes.Add(bytes);
        _movedRefs.Add(refs);
    }

    public void ProcessStarted() => _processes.Add(1);

    public void ProcessEnded() => _processes.Add(-1);
}
