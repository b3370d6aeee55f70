using System.Text;
using Berth.Server.Web.Logs;

namespace Berth.Tests.Web;

/// <summary>From the bytes of a log to HTML.</summary>
public sealed class LogMarkupTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("<script>alert('x')</script>&\"", "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;&amp;&quot;")]
    [InlineData("안녕", "안녕")]
    [InlineData("\x1b[31mred\x1b[0m plain", "<span class=\"fg-1\">red</span> plain")]
    [InlineData("\x1b[1;32mok\x1b[m.", "<span class=\"fg-2 bold\">ok</span>.")]
    [InlineData("\x1b[91;44mx\x1b[39my\x1b[49mz", "<span class=\"fg-9 bg-4\">x</span><span class=\"bg-4\">y</span>z")]
    [InlineData("\x1b[3;4;9mx\x1b[23my", "<span class=\"italic underline strike\">x</span><span class=\"underline strike\">y</span>")]
    [InlineData("\x1b[2mx\x1b[22my", "<span class=\"dim\">x</span>y")]
    [InlineData("\x1b[7mx\x1b[27my", "<span class=\"fg-page bg-text\">x</span>y")]
    [InlineData("\x1b[7;31mx", "<span class=\"fg-page bg-1\">x</span>")]
    [InlineData("\x1b[38;5;1mx", "<span class=\"fg-1\">x</span>")]
    [InlineData("\x1b[38;5;196mx", "<span class=\"fg-9\">x</span>")]
    [InlineData("\x1b[48;5;255mx", "<span class=\"bg-7\">x</span>")]
    [InlineData("\x1b[38;2;0;250;3mx", "<span class=\"fg-10\">x</span>")]
    [InlineData("\x1b[38:2:0:250:3mx", "<span class=\"fg-10\">x</span>")]
    [InlineData("\x1b[38;5;999mx", "x")]
    [InlineData("\x1b[38mx", "x")]
    [InlineData("\x1b[99999999999mx", "x")]
    [InlineData("a\x1b[0Kb\x1b[2Jc\x1b[12;40Hd", "abcd")]
    [InlineData("a\x1b]0;title\ab\x1b]8;;https://x\x1b\\c", "abc")]
    [InlineData("a\x1b", "a")]
    [InlineData("a\x1b[31", "a")]
    [InlineData("a\x1b]0;never ended", "a")]
    [InlineData("10%\r50%\r100%", "100%")]
    [InlineData("done\r", "done")]
    [InlineData("\x1b[31mold\rnew", "<span class=\"fg-1\">new</span>")]
    [InlineData("a\0b\bc\td", "abc&#x9;d")]
    [InlineData("old\x1b[2Knew", "new")]
    [InlineData("\" onmouseover=\"x", "&quot; onmouseover=&quot;x")]
    public void Line_becomes(string line, string html) => Assert.Equal($"<div class=\"line\">{html}</div>", Render(line + "\n"));

    [Fact]
    public void A_style_goes_on_over_lines() =>
        Assert.Equal("<div class=\"line\"><span class=\"fg-3\">a</span></div><div class=\"line\"><span class=\"fg-3\">b</span></div><div class=\"line\">c</div>", Render("\x1b[33ma\nb\n\x1b[0mc\n"));

    [Fact]
    public void A_section_folds_its_lines_under_its_header_and_says_how_long_it_took() => Assert.Equal(
        "<details open class=\"section\"><summary class=\"line\">Header</summary><div class=\"line\">inside</div><span class=\"took\">1 min 5 s</span></details><div class=\"line\">after</div>",
        Render("section_start:1700000000:my_section\r\x1b[0KHeader\ninside\nsection_end:1700000065:my_section\r\x1b[0Kafter\n"));

    [Fact]
    public void An_end_and_a_start_on_one_line_are_both_seen_as_runners_write_them() => Assert.Equal(
        "<details open class=\"section\"><summary class=\"line\">A</summary><span class=\"took\">1 s</span></details><details open class=\"section\"><summary class=\"line\">B</summary><span class=\"took\">0 s</span></details>",
        Render("\x1b[0Ksection_start:1:a\r\x1b[0KA\nsection_end:2:a\r\x1b[0Ksection_start:3:b\r\x1b[0KB\nsection_end:3:b\r\x1b[0K\n"));

    [Theory]
    [InlineData("section_end:1:never_begun\r\x1b[0Ktext\n", "<div class=\"line\">text</div>")]
    [InlineData("section_start:1:a[collapsed=true]\r\x1b[0K\n", "<details class=\"section\"><summary class=\"line\">a</summary></details>")]
    [InlineData("section_start:1:a\r\x1b[0KA\nsection_start:1:b\r\x1b[0KB\nsection_end:2:a\r\n",
        "<details open class=\"section\"><summary class=\"line\">A</summary><details open class=\"section\"><summary class=\"line\">B</summary></details><span class=\"took\">1 s</span></details>")]
    [InlineData("section_start:1:<b>\r\x1b[0KA\n", "<div class=\"line\">A</div>")]
    public void Sections_that_are_not_well_formed_break_nothing(string log, string html) => Assert.Equal(html, Render(log));

    [Fact]
    public void A_line_without_end_is_cut_and_memory_stays_bounded()
    {
        var markup = new LogMarkup(LogPosition.Start);
        var lines = markup.Add(Encoding.UTF8.GetBytes(new string('x', LogMarkup.MaxLine * 3 + 5)));
        Assert.Equal(3, lines.Sum(piece => piece.Html.Split("<div").Length - 1));
        Assert.Equal("<div class=\"line\" id=\"unfinished\">xxxxx</div>", markup.Unfinished());
    }

    [Fact]
    public void Going_on_from_any_position_gives_what_one_go_gives()
    {
        var log = Encoding.UTF8.GetBytes("a\x1b[31mb\nsection_start:1:s\r\x1b[0KHead \x1b[1mbold\nübung\r2\nsection_end:9:s\r\x1b[0Kend\nlast without end");
        var whole = Render(Encoding.UTF8.GetString(log));
        for (var cut = 0; cut <= log.Length; cut++)
        {
            var first = new LogMarkup(LogPosition.Start);
            var html = Html(first.Add(log.AsSpan(0, cut)));
            Assert.True(LogPosition.TryParse(first.Position.ToString(), out var position));
            var second = new LogMarkup(position);
            html += Html(second.Add(log.AsSpan((int)position.Offset))) + Html(second.Finish());
            Assert.Equal(whole, html);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("-1/0.0.0")]
    [InlineData("1/17.0.0")]
    [InlineData("1/0.0.64")]
    [InlineData("1/0.0.0/1:<b>")]
    [InlineData("1/0.0.0/x:a")]
    [InlineData("1/0.0.0/1:a\nevent: x")]
    public void A_position_that_is_none_is_refused(string text) => Assert.False(LogPosition.TryParse(text, out _));

    private static string Render(string log)
    {
        var markup = new LogMarkup(LogPosition.Start);
        var html = Html(markup.Add(Encoding.UTF8.GetBytes(log))) + Html(markup.Finish());
        return html + string.Concat(Enumerable.Repeat(LogMarkup.SectionEnd, markup.Depth));
    }

    private static string Html(List<LogPiece> pieces) => string.Concat(pieces.Select(piece => piece.Html + (piece.Kind == LogPieceKind.SectionEnd ? LogMarkup.SectionEnd : "")));
}
