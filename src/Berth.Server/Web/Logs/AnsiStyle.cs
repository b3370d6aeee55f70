using System.Globalization;

namespace Berth.Server.Web.Logs;

/// <summary>How text looks by the SGR codes so far (ECMA-48, section 8.3.117). Colours: 0 the page's own, 1–16 a terminal's sixteen.</summary>
internal readonly record struct AnsiStyle(byte Foreground, byte Background, AnsiEffects Effects)
{
    /// <summary>xterm's own values of the sixteen, to which the 256 and the 16 million are brought.</summary>
    private static readonly (int R, int G, int B)[] Sixteen =
    [
        (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
        (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255), (255, 255, 255),
    ];

    /// <summary>The style after the parameters of one 'ESC [ … m'.</summary>
    public AnsiStyle After(ReadOnlySpan<char> parameters)
    {
        Span<int> codes = stackalloc int[32];
        var count = 0;
        foreach (var range in parameters.SplitAny(';', ':'))
        {
            if (count == codes.Length)
                break;
            codes[count++] = int.TryParse(parameters[range], NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 0;
        }
        var style = this;
        for (var at = 0; at < count; at++)
        {
            style = codes[at] is 38 or 48
                ? style.WithColor(codes[at] == 38, Extended(codes[..count], ref at))
                : style.With(codes[at]);
        }
        return style;
    }

    /// <summary>The classes of a span in this style; empty if it needs none.</summary>
    public string Classes()
    {
        if (this == default)
            return "";
        var classes = new List<string>(4);
        var inverse = Effects.HasFlag(AnsiEffects.Inverse);
        var (front, back) = inverse ? (Background, Foreground) : (Foreground, Background);
        if (inverse && front == 0)
            classes.Add("fg-page");
        if (inverse && back == 0)
            classes.Add("bg-text");
        if (front > 0)
            classes.Add($"fg-{front - 1}");
        if (back > 0)
            classes.Add($"bg-{back - 1}");
        foreach (var (effect, name) in ((AnsiEffects, string)[])[(AnsiEffects.Bold, "bold"), (AnsiEffects.Dim, "dim"), (AnsiEffects.Italic, "italic"), (AnsiEffects.Underline, "underline"), (AnsiEffects.Strike, "strike")])
        {
            if (Effects.HasFlag(effect))
                classes.Add(name);
        }
        return string.Join(' ', classes);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Foreground}.{Background}.{(int)Effects}");

    public static bool TryParse(ReadOnlySpan<char> text, out AnsiStyle style)
    {
        Span<Range> parts = stackalloc Range[4];
        style = default;
        if (text.Split(parts, '.') != 3 || !Read(text[parts[0]], 16, out var front) || !Read(text[parts[1]], 16, out var back) || !Read(text[parts[2]], 63, out var effects))
            return false;
        style = new AnsiStyle(front, back, (AnsiEffects)effects);
        return true;
    }

    private static bool Read(ReadOnlySpan<char> text, byte most, out byte number) =>
        byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= most;

    private AnsiStyle With(int code) => code switch
    {
        0 => default,
        1 => this with { Effects = Effects | AnsiEffects.Bold },
        2 => this with { Effects = Effects | AnsiEffects.Dim },
        3 => this with { Effects = Effects | AnsiEffects.Italic },
        4 => this with { Effects = Effects | AnsiEffects.Underline },
        7 => this with { Effects = Effects | AnsiEffects.Inverse },
        9 => this with { Effects = Effects | AnsiEffects.Strike },
        21 or 22 => this with { Effects = Effects & ~(AnsiEffects.Bold | AnsiEffects.Dim) },
        23 => this with { Effects = Effects & ~AnsiEffects.Italic },
        24 => this with { Effects = Effects & ~AnsiEffects.Underline },
        27 => this with { Effects = Effects & ~AnsiEffects.Inverse },
        29 => this with { Effects = Effects & ~AnsiEffects.Strike },
        >= 30 and <= 37 => this with { Foreground = (byte)(code - 29) },
        39 => this with { Foreground = 0 },
        >= 40 and <= 47 => this with { Background = (byte)(code - 39) },
        49 => this with { Background = 0 },
        >= 90 and <= 97 => this with { Foreground = (byte)(code - 81) },
        >= 100 and <= 107 => this with { Background = (byte)(code - 91) },
        _ => this,
    };

    private AnsiStyle WithColor(bool front, byte? color) => color is not { } known ? this : front ? this with { Foreground = known } : this with { Background = known };

    /// <summary>What follows 38 or 48: 5 and one of 256, or 2 and red, green, blue. Null if it is neither.</summary>
    private static byte? Extended(ReadOnlySpan<int> codes, ref int at)
    {
        switch (at + 1 < codes.Length ? codes[at + 1] : 0)
        {
            case 5 when at + 2 < codes.Length:
                at += 2;
                return OfTable(codes[at]);
            case 2 when at + 4 < codes.Length:
                at += 4;
                return Nearest(codes[at - 2], codes[at - 1], codes[at]);
            default:
                at = codes.Length;
                return null;
        }
    }

    private static byte? OfTable(int index)
    {
        switch (index)
        {
            case < 16:
                return (byte)(index + 1);
            case < 232:
                var cube = index - 16;
                return Nearest(Level(cube / 36), Level(cube / 6 % 6), Level(cube % 6));
            case < 256:
                var gray = 8 + (index - 232) * 10;
                return Nearest(gray, gray, gray);
            default:
                return null;
        }
    }

    private static int Level(int step) => step == 0 ? 0 : 55 + step * 40;

    private static byte Nearest(int r, int g, int b)
    {
        var (best, distance) = (0, long.MaxValue);
        for (var index = 0; index < Sixteen.Length; index++)
        {
            var (dr, dg, db) = ((long)Sixteen[index].R - r, (long)Sixteen[index].G - g, (long)Sixteen[index].B - b);
            var away = dr * dr + dg * dg + db * db;
            if (away < distance)
                (best, distance) = (index, away);
        }
        return (byte)(best + 1);
    }
}

/// <summary>The effects of SGR that pages show.</summary>
[Flags]
internal enum AnsiEffects : byte
{
    None = 0,
    Bold = 1,
    Dim = 2,
    Italic = 4,
    Underline = 8,
    Inverse = 16,
    Strike = 32,
}
