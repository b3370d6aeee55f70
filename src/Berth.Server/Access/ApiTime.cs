using System.Globalization;
using Berth.Server.Database;

namespace Berth.Server.Access;

/// <summary>Times and days as GitLab's API writes them.</summary>
internal static class ApiTime
{
    public static string Of(long micros) => Clock.FromMicros(micros).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string? Of(long? micros) => micros is { } time ? Of(time) : null;

    public static string Day(long micros) => Clock.FromMicros(micros).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string? Day(long? micros) => micros is { } time ? Day(time) : null;
}
