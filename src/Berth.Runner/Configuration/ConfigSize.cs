using System.Globalization;

namespace Berth.Runner.Configuration;

/// <summary>Numbers with units, as the docker command line writes them.</summary>
internal static class ConfigSize
{
    /// <summary>Bytes: <c>256m</c>, <c>2g</c>, <c>512kb</c>, <c>1048576</c>; powers of 1024.</summary>
    public static long? Bytes(string text)
    {
        var trimmed = text.Trim().ToLowerInvariant().Replace("ib", "", StringComparison.Ordinal).TrimEnd('b');
        var factor = trimmed.Length == 0 ? 1 : trimmed[^1] switch { 'k' => 1L << 10, 'm' => 1L << 20, 'g' => 1L << 30, 't' => 1L << 40, _ => 1 };
        var digits = factor == 1 ? trimmed : trimmed[..^1];
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? (long)(number * factor) : null;
    }

    /// <summary>Billionths of a CPU: <c>1.5</c> is 1,500,000,000.</summary>
    public static long? NanoCpus(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var cpus) ? (long)(cpus * 1_000_000_000) : null;

    /// <summary>Go's durations, as gitlab-runner's keys take them: <c>1h30m</c>, <c>90s</c>, <c>250ms</c>.</summary>
    public static TimeSpan? Duration(string text)
    {
        var total = TimeSpan.Zero;
        var at = 0;
        while (at < text.Length)
        {
            var digits = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
                at++;
            var unit = at;
            while (at < text.Length && char.IsAsciiLetter(text[at]))
                at++;
            double milliseconds = text[unit..at] switch { "h" => 3_600_000, "m" => 60_000, "s" => 1_000, "ms" => 1, _ => 0 };
            if (milliseconds == 0 || !double.TryParse(text[digits..unit], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return null;
            total += TimeSpan.FromMilliseconds(number * milliseconds);
        }
        return text.Length == 0 ? null : total;
    }
}
