using System.Globalization;

namespace Berth.Server.Storage;

/// <summary>
/// Knows how much room the file system has, not older than a second and near the end exactly, and refuses what would use up the
/// reserve.
/// </summary>
/// <param name="measure">Asks the file system for its free bytes.</param>
/// <param name="minimum">The setting MinimumFreeSpace, in bytes.</param>
/// <param name="time">The clock that ages a measurement.</param>
internal sealed class FreeSpace(Func<long> measure, long minimum, TimeProvider time)
{
    // statfs costs a microsecond on a local disk but a round trip on a network disk, and each request asks.
    private static readonly TimeSpan MaximumAge = TimeSpan.FromSeconds(1);

    // More than a fast disk takes in that second: with less than this above the reserve, an old measurement would let it be used up.
    private const long NearlyFull = 4L << 30;

    private Measurement? _last;

    /// <exception cref="StorageFullException">Less than the minimum would be left after <paramref name="bytes"/> more.</exception>
    public void Ensure(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        var last = Volatile.Read(ref _last);
        if (last is null || last.Free - bytes < minimum + NearlyFull || time.GetElapsedTime(last.Timestamp) >= MaximumAge)
            Volatile.Write(ref _last, last = new Measurement(measure(), time.GetTimestamp()));
        if (last.Free - bytes < minimum)
        {
            throw new StorageFullException(
                $"The registry's storage has {Format(last.Free)} free, this needs {Format(bytes)} more, "
                + $"and {Format(minimum)} stay reserved (setting MinimumFreeSpace). Free some space, then push again.");
        }
    }

    private static string Format(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
    };

    private sealed record Measurement(long Free, long Timestamp);
}
