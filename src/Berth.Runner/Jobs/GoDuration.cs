namespace Berth.Runner.Jobs;

/// <summary>Durations as gitlab-runner prints them: <c>1h0m0s</c>.</summary>
internal static class GoDuration
{
    public static string Text(TimeSpan duration)
    {
        var (hours, rest) = ((int)duration.TotalHours, duration.Minutes);
        if (hours > 0)
            return $"{hours}h{rest}m{duration.Seconds}s";
        return rest > 0 ? $"{rest}m{duration.Seconds}s" : $"{duration.Seconds}s";
    }
}
