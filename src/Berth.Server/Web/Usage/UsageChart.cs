using System.Globalization;
using System.Text;

namespace Berth.Server.Web.Usage;

/// <summary>Space by days as the points of a picture, in units of its view box.</summary>
public sealed class UsageChart
{
    public const int Width = 1000;
    public const int Height = 240;

    public UsageChart(IReadOnlyList<UsageDay> days)
    {
        Days = days;
        Top = NiceTop(days.Max(day => day.Size));
        var line = new StringBuilder();
        for (var i = 0; i < days.Count; i++)
        {
            var x = days.Count == 1 ? 0 : (double)Width * i / (days.Count - 1);
            var y = Height - (double)Height * Math.Max(0, days[i].Size) / Top;
            line.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : " ")}{x:0.#},{y:0.#}");
        }
        // One day alone is a line, not a point.
        if (days.Count == 1)
            line.Append(CultureInfo.InvariantCulture, $" {Width},{Height - (double)Height * Math.Max(0, days[0].Size) / Top:0.#}");
        Line = line.ToString();
        Area = $"0,{Height} {Line} {Width},{Height}";
    }

    /// <summary>Oldest first, at least one.</summary>
    public IReadOnlyList<UsageDay> Days { get; }

    /// <summary>Bytes at the upper edge.</summary>
    public long Top { get; }

    public string Line { get; }

    public string Area { get; }

    /// <summary>The days that say something: those that changed the size, and both ends; newest first.</summary>
    public IEnumerable<UsageDay> Told => Days.Where((day, i) => day.Change != 0 || i == 0 || i == Days.Count - 1).Reverse();

    /// <summary>The next of 1, 2, 5, 10, 20, 50 … of a binary unit.</summary>
    private static long NiceTop(long most)
    {
        long unit = 1024;
        while (unit < long.MaxValue / 2048 && unit * 1000 < most)
            unit *= 1024;
        foreach (var step in (long[])[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000])
        {
            if (unit * step >= most)
                return unit * step;
        }
        return most;
    }
}
