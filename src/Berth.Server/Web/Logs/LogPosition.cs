using System.Globalization;
using System.Text.RegularExpressions;

namespace Berth.Server.Web.Logs;

/// <summary>Where showing a log can go on: the byte at which a line begins, and what was open there. Travels through the browser as text.</summary>
/// <param name="Offset">Of the line, in bytes.</param>
/// <param name="Style">Of the text before it.</param>
/// <param name="Sections">Open ones, outermost first.</param>
internal sealed partial record LogPosition(long Offset, AnsiStyle Style, IReadOnlyList<OpenSection> Sections)
{
    /// <summary>Deeper than any log that people read.</summary>
    public const int MaxSections = 16;

    private const int MaxLength = 4000;

    public static readonly LogPosition Start = new(0, default, []);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Offset}/{Style}{string.Concat(Sections.Select(section => $"/{section.StartedAt}:{section.Name}"))}");

    public static bool TryParse(string? text, out LogPosition position)
    {
        position = Start;
        if (text is not { Length: > 0 and <= MaxLength })
            return false;
        var parts = text.Split('/');
        if (parts.Length is < 2 or > MaxSections + 2 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var offset) || !AnsiStyle.TryParse(parts[1], out var style))
            return false;
        var sections = new List<OpenSection>();
        foreach (var part in parts[2..])
        {
            if (!Section().Match(part).Success || !long.TryParse(part[..part.IndexOf(':', StringComparison.Ordinal)], CultureInfo.InvariantCulture, out var at))
                return false;
            sections.Add(new OpenSection(part[(part.IndexOf(':', StringComparison.Ordinal) + 1)..], at));
        }
        position = new LogPosition(offset, style, sections);
        return true;
    }

    [GeneratedRegex(@"^[0-9]{1,18}:[\w.\-]{1,128}$")]
    private static partial Regex Section();
}

/// <summary>A section that has begun. <c>StartedAt</c> in seconds since 1970, as its marker says.</summary>
internal sealed record OpenSection(string Name, long StartedAt);
