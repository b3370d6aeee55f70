using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Berth.Server.Web.Logs;

/// <summary>
/// One line of a terminal as HTML: every character encoded, colours as spans with classes, a carriage return starts the line anew,
/// and all other control is dropped.
/// </summary>
internal sealed class AnsiText(StringBuilder html)
{
    private const char Escape = '\x1b';
    private const char Bell = '\a';

    /// <summary>Letters of all scripts stay as they are.</summary>
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly int _start = html.Length;
    private bool _spanOpen;
    private bool _atNewStart;
    private AnsiStyle _shown;

    /// <summary>Appends a line to the builder; the style goes on behind it.</summary>
    public static void Append(StringBuilder html, ReadOnlySpan<char> line, ref AnsiStyle style) => new AnsiText(html).Write(line, ref style);

    private void Write(ReadOnlySpan<char> line, ref AnsiStyle style)
    {
        while (line.Length > 0)
        {
            var run = line.IndexOfAnyInRange('\0', '\x1f');
            var text = run < 0 ? line : line[..run];
            if (text.Length > 0)
                Text(text, style);
            if (run < 0)
                break;
            line = line[run..];
            switch (line[0])
            {
                case Escape:
                    line = Sequence(line, ref style);
                    continue;
                case '\t':
                    Text("\t", style);
                    break;
                case '\r':
                    _atNewStart = true;
                    break;
            }
            line = line[1..];
        }
        CloseSpan();
    }

    private void Text(ReadOnlySpan<char> text, AnsiStyle style)
    {
        if (_atNewStart)
            Clear();
        if (_spanOpen && _shown != style)
            CloseSpan();
        if (!_spanOpen && style.Classes() is { Length: > 0 } classes)
        {
            html.Append("<span class=\"").Append(classes).Append("\">");
            (_spanOpen, _shown) = (true, style);
        }
        html.Append(Encoder.Encode(text.ToString()));
    }

    /// <summary>What was on the line is overwritten.</summary>
    private void Clear()
    {
        (_atNewStart, _spanOpen) = (false, false);
        html.Length = _start;
    }

    private void CloseSpan()
    {
        if (_spanOpen)
            html.Append("</span>");
        _spanOpen = false;
    }

    /// <summary>Reads one escape sequence; returns what follows it.</summary>
    private ReadOnlySpan<char> Sequence(ReadOnlySpan<char> line, scoped ref AnsiStyle style)
    {
        if (line.Length < 2)
            return [];
        switch (line[1])
        {
            case '[':
                var end = line[2..].IndexOfAnyInRange('@', '~');
                if (end < 0)
                    return [];
                var parameters = line.Slice(2, end);
                if (line[2 + end] == 'm')
                    style = style.After(parameters);
                else if (line[2 + end] == 'K' && parameters is "2")
                    Clear();
                return line[(end + 3)..];
            // Operating system commands, such as links and titles: up to BEL or ESC \.
            case ']':
                var stop = line[2..].IndexOfAny(Bell, Escape);
                if (stop < 0)
                    return [];
                var after = line[(stop + 2)..];
                return after[0] == Escape && after.Length > 1 && after[1] == '\\' ? after[2..] : after[1..];
            default:
                return line[2..];
        }
    }
}
