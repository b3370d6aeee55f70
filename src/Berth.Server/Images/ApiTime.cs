using System.Globalization;
using Berth.Server.Database;

namespace Berth.Server.Images;

/// <summary>Times as GitLab's API writes them.</summary>
internal static class ApiTime
{
    public static string? Of(long? micros) => micros is { } time ? Clock.FromMicros(time).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) : null;
}
