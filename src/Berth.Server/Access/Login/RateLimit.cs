using Berth.Server.Database;

namespace Berth.Server.Access.Login;

/// <summary>So many a minute for each key, all at once if they come so: a bucket of tokens that fills up again.</summary>
internal sealed class RateLimit(int perMinute, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly RecentTable<string, Bucket> _buckets = new(LoginLimits.MaxEntries);

    /// <summary>How long to wait until the next one; null if this one may go on.</summary>
    public TimeSpan? Take(string key)
    {
        if (perMinute == 0)
            return null;
        var perMicro = perMinute / (double)Clock.Minute;
        lock (_gate)
        {
            var now = time.Micros();
            var left = _buckets.Find(key) is { } bucket ? Math.Min(perMinute, bucket.Left + Math.Max(0, now - bucket.At) * perMicro) : perMinute;
            if (left < 1)
                return TimeSpan.FromMicroseconds((1 - left) / perMicro);
            _buckets.Set(key, new Bucket(left - 1, now));
            return null;
        }
    }

    private readonly record struct Bucket(double Left, long At);
}
