using System.Globalization;
using Berth.Server.Database;

namespace Berth.Server.Access;

/// <summary>Times and days as GitLab's API writes them.</summary>
internal static class ApiTime
{
    /// <summary>What to write instead of what was no time.</summary>
    public const string Form = "a time is written 2030-12-31T12:00:00Z";

    public static string Of(long micros) => Clock.FromMicros(micros).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string? Of(long? micros) => micros is { } time ? Of(time) : null;

    public static string Day(long micros) => Clock.FromMicros(micros).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string? Day(long? micros) => micros is { } time ? Day(time) : null;

    /// <summary>The time that a parameter says, in microseconds; <paramref name="otherwise"/> if it is empty. False if it is no time since 1970.</summary>
    public static bool TryRead(string? text, long otherwise, out long micros)
    {
        micros = otherwise;
        if (string.IsNullOrEmpty(text))
            return true;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) || time < DateTimeOffset.UnixEpoch)
            return false;
        micros = Clock.Micros(time);
        return true;
    }
}
