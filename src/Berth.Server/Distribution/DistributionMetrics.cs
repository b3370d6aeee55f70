using System.Diagnostics.Metrics;

namespace Berth.Server.Distribution;

/// <summary>Counters of the registry protocol. They name no project.</summary>
internal sealed class DistributionMetrics
{
    public const string MeterName = "Berth.Distribution";

    private readonly Counter<long> _pulledBytes;
    private readonly Counter<long> _pushedBytes;
    private readonly Counter<long> _manifestsPulled;
    private readonly Counter<long> _manifestsPushed;

    public DistributionMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _pulledBytes = meter.CreateCounter<long>("berth.blob.pulled", "By", "Bytes of blobs sent to clients");
        _pushedBytes = meter.CreateCounter<long>("berth.blob.pushed", "By", "Bytes of blobs stored for clients");
        _manifestsPulled = meter.CreateCounter<long>("berth.manifest.pulled", "{manifest}", "Manifests sent to clients");
        _manifestsPushed = meter.CreateCounter<long>("berth.manifest.pushed", "{manifest}", "Manifests stored for clients");
    }

    public void Pulled(long bytes) => _pulledBytes.Add(bytes);

    public void Pushed(long bytes) => _pushedBytes.Add(bytes);

    public void ManifestPulled() => _manifestsPulled.Add(1);

    public void ManifestPushed() => _manifestsPushed.Add(1);
}
