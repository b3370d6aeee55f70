using System.Net;
using Berth.Tests.Ci;
using Berth.Tests.Harness;

namespace Berth.Tests.Web;

/// <summary>A job's page: its log as it stands, as it grows and as it is, and its buttons.</summary>
public sealed class JobPageTests(TestServer server)
{
    private const string Yaml = "build:\n  script: [make]\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_log_is_on_the_page_as_far_as_it_has_come_and_raw_to_the_byte()
    {
        using var project = await CiProject.Fresh(server);
        await project.Push(Yaml);
        var job = await project.Runner.Take();
        using var traced = await job.Trace("\x1b[32;1mgreen\x1b[0m\nnot yet end");
        using var browser = await Browser.SignedIn(server, project.Owner);
        var html = await browser.Page(PageOf(project, job));
        Assert.Contains("<div class=\"line\"><span class=\"fg-2 bold\">green</span></div><div class=\"line\" id=\"unfinished\">not yet end</div>", html, StringComparison.Ordinal);
        Assert.Contains("data-position=\"17/0.0.0\"", html, StringComparison.Ordinal);
        using var raw = await browser.Get(PageOf(project, job) + "/raw");
        Assert.Equal("\x1b[32;1mgreen\x1b[0m\nnot yet end", await raw.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("sandbox", Assert.Single(raw.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("attachment", raw.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("text/plain", raw.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Events_bring_what_comes_behind_the_page_and_the_end()
    {
        using var project = await CiProject.Fresh(server);
        await project.Push(Yaml);
        var job = await project.Runner.Take();
        using var first = await job.Trace("one\ntw");
        using var browser = await Browser.SignedIn(server, project.Owner);
        using var reply = await browser.Get(PageOf(project, job) + "/log?from=4%2F0.0.0");
        Assert.Equal("text/event-stream", reply.Content.Headers.ContentType!.MediaType);
        using var events = new StreamReader(await reply.Content.ReadAsStreamAsync(Cancel));
        Assert.Equal(("unfinished", "<div class=\"line\" id=\"unfinished\">tw</div>", "4/0.0.0"), await Next(events));
        using var second = await job.Trace("o <b>\n");
        Assert.Equal(("log", "[[\"lines\",\"<div class=\\\"line\\\">two &lt;b&gt;</div>\"]]", "12/0.0.0"), await Next(events));
        Assert.Equal(("unfinished", "", "12/0.0.0"), await Next(events));
        using var third = await job.Trace("section_start:5:s\r\x1b[0KHead\nlast");
        Assert.Equal(("log", "[[\"section\",\"<details open class=\\\"section\\\"><summary class=\\\"line\\\">Head</summary>\"]]", "39/0.0.0/5:s"), await Next(events));
        Assert.Equal("unfinished", (await Next(events)).Name);
        await job.End("success");
        var head = await Next(events);
        Assert.Equal("head", head.Name);
        Assert.Contains("passed", head.Data, StringComparison.Ordinal);
        Assert.Equal(("log", "[[\"lines\",\"<div class=\\\"line\\\">last</div>\"]]", "43/0.0.0/5:s"), await Next(events));
        Assert.Equal("done", (await Next(events)).Name);
        Assert.Null(await events.ReadLineAsync(Cancel));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("999999/0.0.0")]
    public async Task Events_from_a_position_that_the_log_does_not_have_are_refused(string from)
    {
        using var project = await CiProject.Fresh(server);
        await project.Push(Yaml);
        var job = await project.Runner.Take();
        using var browser = await Browser.SignedIn(server, project.Owner);
        await browser.Page(PageOf(project, job) + "/log?from=" + Uri.EscapeDataString(from), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Of_a_long_log_the_page_has_the_end_from_a_whole_line_on()
    {
        using var project = await CiProject.Fresh(server);
        await project.Push(Yaml);
        var job = await project.Runner.Take();
        for (var part = 0; part < 4; part++)
        {
            using var traced = await job.Trace(string.Concat(Enumerable.Range(part * 2000, 2000).Select(line => $"line {line:00000} {new string('x', 80)}\n")));
            Assert.Equal(HttpStatusCode.Accepted, traced.StatusCode);
        }
        await job.End("success");
        using var browser = await Browser.SignedIn(server, project.Owner);
        var html = await browser.Page(PageOf(project, job));
        Assert.Contains("here is its end", html, StringComparison.Ordinal);
        Assert.DoesNotContain("line 00000", html, StringComparison.Ordinal);
        Assert.Contains("line 07999", html, StringComparison.Ordinal);
        Assert.All(html.Split("<div class=\"line\">").Skip(1), line => Assert.StartsWith("line 0", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_a_log_of_many_short_lines_the_page_has_the_last_thousands()
    {
        using var project = await CiProject.Fresh(server);
        await project.Push(Yaml);
        var job = await project.Runner.Take();
        using (var traced = await job.Trace(string.Concat(Enumerable.Range(0, 100_000).Select(line => $"{line % 10}\n"))))
            Assert.Equal(HttpStatusCode.Accepted, traced.StatusCode);
        await job.End("success");
        using var browser = await Browser.SignedIn(server, project.Owner);
        var html = await browser.Page(PageOf(project, job));
        Assert.Contains("here is its end", html, StringComparison.Ordinal);
        Assert.InRange(html.Split("<div class=\"line\">").Length - 1, 5000, 6000);
        Assert.EndsWith(">9</div><span", html[..(html.IndexOf("id=\"log-end\"", StringComparison.Ordinal) - 1)], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Buttons_cancel_a_running_job_and_retry_a_finished_one()
    {
        using var project = await CiProject.Fresh(server);
        await project.Push(Yaml);
        var job = await project.Runner.Take();
        using var browser = await Browser.SignedIn(server, project.Owner);
        var page = PageOf(project, job);
        using var cancelled = await browser.Press(page, page + "/cancel");
        Assert.Equal(page, cancelled.Headers.Location!.OriginalString);
        Assert.Contains("status canceled", await browser.Page(page), StringComparison.Ordinal);
        using var retried = await browser.Press(page, page + "/retry");
        var newer = retried.Headers.Location!.OriginalString;
        Assert.NotEqual(page, newer);
        Assert.Contains("status pending", await browser.Page(newer), StringComparison.Ordinal);
        Assert.Contains("was tried again", await browser.Page(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Buttons_of_a_pipeline_cancel_it_and_retry_what_was_cancelled()
    {
        using var project = await CiProject.Fresh(server);
        var pipeline = await project.Push(Yaml);
        var page = $"/{project.Path}/-/pipelines/{pipeline.GetProperty("id").GetInt64()}";
        using var browser = await Browser.SignedIn(server, project.Owner);
        using var cancelled = await browser.Press(page, page + "/cancel");
        Assert.Equal("canceled", await project.PipelineStatus(pipeline));
        using var retried = await browser.Press(page, page + "/retry");
        Assert.Equal("pending", await project.PipelineStatus(pipeline));
    }

    private static string PageOf(CiProject project, TestJob job) => $"/{project.Path}/-/jobs/{job.Id}";

    /// <summary>The next event; comments and the reconnection time are passed over.</summary>
    private static async Task<(string Name, string Data, string? Id)> Next(StreamReader events)
    {
        var (name, data, id) = ("", new List<string>(), (string?)null);
        while (await events.ReadLineAsync(Cancel) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
                name = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                data.Add(line[6..]);
            else if (line.StartsWith("id: ", StringComparison.Ordinal))
                id = line[4..];
            else if (line.Length == 0 && name.Length > 0)
                return (name, string.Join('\n', data), id);
        }
        throw new EndOfStreamException("The events ended.");
    }
}
