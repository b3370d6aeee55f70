using System.Text.Encodings.Web;
using System.Text.Json;
using Berth.Pipelines;
using Berth.Server.Ci;
using Berth.Server.Web.Logs;

namespace Berth.Server.Web;

/// <summary>
/// Sends a job's log to a page as it grows, as server-sent events: 'log' with a list of [what, HTML], 'unfinished' with the last line
/// so far, 'head' when the job's state changes, 'done' at the end. Each carries the position to go on from.
/// </summary>
internal sealed class LogFollower(Jobs jobs, Traces traces, TimeProvider time, IHostApplicationLifetime lifetime)
{
    /// <summary>The script takes it out of JSON as the HTML that it is; no page holds the JSON.</summary>
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Runners send every three seconds; one row is read to see whether they did.</summary>
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>The browser asks anew then, and its right to see this is checked again.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Something goes over the line at least this often, so that proxies keep it open.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    public async Task Run(HttpContext context, JobRow job, LogPosition position, Func<JobRow, CancellationToken, Task<string>> renderHead)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var events = await EventStream.Begin(context.Response);
        var (markup, status, unfinished) = (new LogMarkup(position), job.Status, "");
        var (start, spoken) = (time.GetTimestamp(), time.GetTimestamp());
        try
        {
            while (time.GetElapsedTime(start) < Longest)
            {
                // The row first, then the log: what was there when the job was seen to end is sent before it is said to have ended.
                if (await jobs.Find(job.ProjectId, job.Id, ending.Token) is not { } current)
                    return;
                var wrote = await SendLog(events, markup, current, ending.Token);
                if (!current.State.IsFinished() && markup.Unfinished() is var line && line != unfinished)
                    await events.Send("unfinished", unfinished = line, markup.Position.ToString(), ending.Token);
                if (current.Status != status)
                    await events.Send("head", await renderHead(current, ending.Token), markup.Position.ToString(), ending.Token);
                wrote |= current.Status != status;
                status = current.Status;
                if (current.State.IsFinished())
                {
                    await Send(events, markup.Finish(), markup, ending.Token);
                    await events.Send("done", "", markup.Position.ToString(), ending.Token);
                    return;
                }
                if (wrote)
                    spoken = time.GetTimestamp();
                else if (time.GetElapsedTime(spoken) > Silence)
                {
                    await events.Comment(ending.Token);
                    spoken = time.GetTimestamp();
                }
                await Task.Delay(PollEvery, time, ending.Token);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The page was closed, or the server ends: the browser asks again where there is one.
        }
    }

    private async Task<bool> SendLog(EventStream events, LogMarkup markup, JobRow job, CancellationToken cancellationToken)
    {
        var wrote = false;
        if (job.TraceSize <= markup.Next)
            return wrote;
        await foreach (var bytes in traces.Read(job, markup.Next, cancellationToken))
        {
            wrote = true;
            await Send(events, markup.Add(bytes.Span), markup, cancellationToken);
        }
        return wrote;
    }

    /// <summary>All pieces in one event, so that its position is that behind all of them.</summary>
    private static async Task Send(EventStream events, List<LogPiece> pieces, LogMarkup markup, CancellationToken cancellationToken)
    {
        if (pieces.Count > 0)
            await events.Send("log", JsonSerializer.Serialize(pieces.Select(piece => new[] { Word(piece.Kind), piece.Html }), Readable), markup.Position.ToString(), cancellationToken);
    }

    private static string Word(LogPieceKind kind) => kind switch
    {
        LogPieceKind.Lines => "lines",
        LogPieceKind.SectionStart => "section",
        LogPieceKind.SectionEnd => "end",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
