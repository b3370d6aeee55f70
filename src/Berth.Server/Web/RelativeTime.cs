namespace Berth.Server.Web;

/// <summary>Times as people say them: '3 minutes ago'. The full date stands beside it, in a title.</summary>
internal static class RelativeTime
{
    public static string Of(DateTimeOffset then, DateTimeOffset now)
    {
        var ago = now - then;
        // Clocks differ a little; what is to come is always said as such.
        if (ago < TimeSpan.FromSeconds(-5))
            return "in " + Length(-ago);
        return ago < TimeSpan.FromSeconds(5) ? "just now" : Length(ago) + " ago";
    }

    /// <summary>How long something took: '4 s', '1 min 3 s', '2 h 5 min'.</summary>
    public static string Duration(TimeSpan span) => span switch
    {
        { TotalSeconds: < 60 } => $"{(long)span.TotalSeconds} s",
        { TotalHours: < 1 } => $"{span.Minutes} min {span.Seconds} s",
        _ => $"{(long)span.TotalHours} h {span.Minutes} min",
    };

    /// <summary>One unit: '3 minutes'.</summary>
    public static string Length(TimeSpan span) => span switch
    {
        { TotalSeconds: < 60 } => Count((long)span.TotalSeconds, "second"),
        { TotalMinutes: < 60 } => Count((long)span.TotalMinutes, "minute"),
        { TotalHours: < 24 } => Count((long)span.TotalHours, "hour"),
        { TotalDays: < 30 } => Count((long)span.TotalDays, "day"),
        { TotalDays: < 365 } => Count((long)(span.TotalDays / 30.4), "month"),
        _ => Count((long)(span.TotalDays / 365.25) is var years and > 0 ? years : 1, "year"),
    };

    private static string Count(long number, string unit) => $"{number} {unit}{(number == 1 ? "" : "s")}";
}
