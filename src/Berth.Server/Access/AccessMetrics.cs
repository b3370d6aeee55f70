using System.Diagnostics.Metrics;

namespace Berth.Server.Access;

/// <summary>Counters of logins that were refused. They name nobody.</summary>
internal sealed class AccessMetrics
{
    public const string MeterName = "Berth.Access";

    private readonly Counter<long> _refusals;
    private readonly Counter<long> _bans;

    public AccessMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _refusals = meter.CreateCounter<long>("berth.access.refusals", "{request}", "Requests refused: wrong_password, wrong_token, delay, ban, busy, rate_limit");
        _bans = meter.CreateCounter<long>("berth.access.bans", "{ban}", "Addresses banned for their wrong passwords and tokens");
    }

    public void Refused(string reason) => _refusals.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Banned() => _bans.Add(1);
}
