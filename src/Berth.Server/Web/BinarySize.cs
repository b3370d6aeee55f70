using System.Globalization;

namespace Berth.Server.Web;

/// <summary>Sizes in binary units, with three digits: '1.25 MiB'.</summary>
internal static class BinarySize
{
    private static readonly string[] Units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    public static string Of(long bytes)
    {
        if (bytes < 1024)
            return $"{bytes} B";
        var (value, unit) = (bytes / 1024.0, 0);
        // 1023.5 would be shown as 1024.
        for (; value >= 1023.5 && unit < Units.Length - 1; unit++)
            value /= 1024;
        var format = value >= 99.95 ? "0" : value >= 9.995 ? "0.0" : "0.00";
        return $"{value.ToString(format, CultureInfo.InvariantCulture)} {Units[unit]}";
    }
}
