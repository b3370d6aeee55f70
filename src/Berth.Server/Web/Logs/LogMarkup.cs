using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;

namespace Berth.Server.Web.Logs;

/// <summary>
/// Turns the bytes of a job's log into HTML, piece by piece as they come: a div a line, and for GitLab's sections
/// (section_start:TIME:NAME, section_end:TIME:NAME, each up to a carriage return) a details element with the header line as summary.
/// Holds no more than the last, unfinished line.
/// </summary>
internal sealed partial class LogMarkup(LogPosition start)
{
    /// <summary>A line longer than this is shown as several.</summary>
    public const int MaxLine = 32 * 1024;

    /// <summary>What ends an open section's element.</summary>
    public const string SectionEnd = "</details>";

    private readonly List<byte> _line = [];
    private readonly List<OpenSection> _sections = [.. start.Sections];
    private readonly StringBuilder _html = new();
    private AnsiStyle _style = start.Style;
    private long _offset = start.Offset;
    private bool _startsClosed;

    /// <summary>Where the unfinished line begins: what has been given out ends here.</summary>
    public LogPosition Position => new(_offset, _style, [.. _sections]);

    /// <summary>The byte that is to be added next.</summary>
    public long Next => _offset + _line.Count;

    public int Depth => _sections.Count;

    /// <summary>Adds bytes of the log; gives what they complete.</summary>
    public List<LogPiece> Add(ReadOnlySpan<byte> bytes)
    {
        var pieces = new List<LogPiece>();
        while (bytes.Length > 0)
        {
            var end = bytes.IndexOf((byte)'\n');
            var room = MaxLine - _line.Count;
            if (end < 0 ? bytes.Length < room : end < room)
            {
                _line.AddRange(end < 0 ? bytes : bytes[..end]);
                if (end < 0)
                    break;
                Complete(pieces, end: 1);
                bytes = bytes[(end + 1)..];
            }
            else
            {
                _line.AddRange(bytes[..room]);
                Complete(pieces, end: 0);
                bytes = bytes[room..];
            }
        }
        Flush(pieces);
        return pieces;
    }

    /// <summary>The unfinished line as it would look now; empty if there is none.</summary>
    public string Unfinished()
    {
        var text = Marker().Replace(Text(), "");
        var (html, style) = (new StringBuilder(), _style);
        AnsiText.Append(html, text, ref style);
        return html.Length == 0 ? "" : $"<div class=\"line\" id=\"unfinished\">{html}</div>";
    }

    /// <summary>No more will come: the last line is one even without its end.</summary>
    public List<LogPiece> Finish()
    {
        var pieces = new List<LogPiece>();
        if (_line.Count > 0)
            Complete(pieces, end: 0);
        Flush(pieces);
        return pieces;
    }

    private string Text() => Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_line));

    private void Complete(List<LogPiece> pieces, int end)
    {
        var text = Text();
        _offset += _line.Count + end;
        _line.Clear();
        var at = 0;
        OpenSection? opening = null;
        foreach (var marker in Marker().EnumerateMatches(text))
        {
            Visible(pieces, text.AsSpan(at, marker.Index - at), ref opening, evenIfBlank: false);
            Begin(pieces, ref opening);
            var fields = text.Substring(marker.Index, marker.Length).TrimEnd('\r').Split(':', 3);
            var name = fields[2].Split('[')[0];
            _ = long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var time);
            if (fields[0] == "section_start")
                (opening, _startsClosed) = (new OpenSection(name, time), fields[2].Contains("[collapsed=true", StringComparison.Ordinal));
            else
                End(pieces, name, time);
            at = marker.Index + marker.Length;
        }
        Visible(pieces, text.AsSpan(at), ref opening, evenIfBlank: at == 0);
        Begin(pieces, ref opening);
    }

    /// <summary>A line, or the header of the section whose marker stood right before it.</summary>
    private void Visible(List<LogPiece> pieces, ReadOnlySpan<char> text, ref OpenSection? opening, bool evenIfBlank)
    {
        var line = new StringBuilder();
        AnsiText.Append(line, text, ref _style);
        if (line.Length == 0 && !evenIfBlank)
            return;
        if (opening is { } section)
            Open(pieces, section, line.ToString());
        else
            _html.Append("<div class=\"line\">").Append(line).Append("</div>");
        opening = null;
    }

    /// <summary>A section without a header of its own is called by its name.</summary>
    private void Begin(List<LogPiece> pieces, ref OpenSection? opening)
    {
        if (opening is { } section)
            Open(pieces, section, HtmlEncoder.Default.Encode(section.Name.Replace('_', ' ')));
        opening = null;
    }

    private void Open(List<LogPiece> pieces, OpenSection section, string header)
    {
        if (_sections.Count == LogPosition.MaxSections)
        {
            _html.Append("<div class=\"line\">").Append(header).Append("</div>");
            return;
        }
        Flush(pieces);
        _sections.Add(section);
        pieces.Add(new LogPiece(LogPieceKind.SectionStart, $"<details{(_startsClosed ? "" : " open")} class=\"section\"><summary class=\"line\">{header}</summary>"));
    }

    /// <summary>Ends the innermost section of the name, and what was left open in it; an end without its start is nothing.</summary>
    private void End(List<LogPiece> pieces, string name, long time)
    {
        var at = _sections.FindLastIndex(section => section.Name == name);
        if (at < 0)
            return;
        Flush(pieces);
        var took = time - _sections[at].StartedAt;
        while (_sections.Count > at)
        {
            var duration = _sections.Count == at + 1 && took is >= 0 and < 10_000_000 ? $"<span class=\"took\">{RelativeTime.Duration(TimeSpan.FromSeconds(took))}</span>" : "";
            _sections.RemoveAt(_sections.Count - 1);
            pieces.Add(new LogPiece(LogPieceKind.SectionEnd, duration));
        }
    }

    private void Flush(List<LogPiece> pieces)
    {
        if (_html.Length == 0)
            return;
        pieces.Add(new LogPiece(LogPieceKind.Lines, _html.ToString()));
        _html.Clear();
    }

    [GeneratedRegex(@"section_(?:start|end):[0-9]{1,18}:[\w.\-]{1,128}(?:\[[^\]\r]{0,200}\])?(?:\r|$)")]
    private static partial Regex Marker();
}

/// <summary>A piece of a log's HTML. <c>SectionEnd</c> has what goes to the section's end, its own tag not among it.</summary>
internal readonly record struct LogPiece(LogPieceKind Kind, string Html);

internal enum LogPieceKind
{
    Lines,
    SectionStart,
    SectionEnd,
}
