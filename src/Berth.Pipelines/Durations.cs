using System.Globalization;
using System.Text.RegularExpressions;

namespace Berth.Pipelines;

/// <summary>
/// Durations in words (<c>1h 30m</c>, <c>3 hours</c>, <c>2 weeks and 1 day</c>), as GitLab takes them in timeouts and expiries
/// (gitlab-chronic-duration: a month is 30 days, a year 365.25).
/// </summary>
public static partial class Durations
{
    private const int MaxTextLength = 255;

    private static readonly TimeSpan Max = TimeSpan.FromDays(365_250);

    /// <summary>A plain number is seconds. False for anything that is no duration, and for those over 1,000 years.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (text.Length > MaxTextLength)
            return false;
        var seconds = 0m;
        var parts = 0;
        for (var at = 0; at < text.Length; parts++)
        {
            var part = PartPattern().Match(text, at);
            if (!part.Success || !decimal.TryParse(part.Groups["number"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return false;
            at = part.Index + part.Length;
            var unit = part.Groups["unit"].Value.ToLowerInvariant();
            // Only a number that stands alone may do without a unit.
            var isAlone = parts == 0 && at == text.Length;
            if (SecondsIn(unit) is not { } factor || unit == "" && !isAlone || number > (decimal)Max.TotalSeconds)
                return false;
            seconds += number * factor;
        }
        if (parts == 0 || seconds > (decimal)Max.TotalSeconds)
            return false;
        duration = TimeSpan.FromSeconds((double)seconds);
        return true;
    }

    private static int? SecondsIn(string unit) => unit switch
    {
        "" or "s" or "sec" or "secs" or "second" or "seconds" => 1,
        "m" or "min" or "mins" or "minute" or "minutes" => 60,
        "h" or "hr" or "hrs" or "hour" or "hours" => 3600,
        "d" or "day" or "days" => 24 * 3600,
        "w" or "wk" or "wks" or "week" or "weeks" => 7 * 24 * 3600,
        "mo" or "mos" or "mon" or "month" or "months" => 30 * 24 * 3600,
        "y" or "yr" or "yrs" or "year" or "years" => 31_557_600,
        _ => null,
    };

    [GeneratedRegex(@"\G\s*(?<number>[0-9]{1,20}(?:\.[0-9]{1,9})?)\s*(?<unit>[A-Za-z]*)(?:[\s,]|and\b|with\b|plus\b)*", RegexOptions.ExplicitCapture)]
    private static partial Regex PartPattern();
}
