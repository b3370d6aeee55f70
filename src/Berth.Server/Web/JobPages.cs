using System.Globalization;
using System.Text.Encodings.Web;
using Berth.Pipelines;
using Berth.Server.Access;
using Berth.Server.Ci;
using Berth.Server.Configuration;
using Berth.Server.Web.Components;
using Berth.Server.Web.Logs;
using Berth.Server.Web.Pages;

namespace Berth.Server.Web;

/// <summary>Renders a job's page around its log, which is written in pieces as it is read.</summary>
internal sealed class JobPages(PageRenderer renderer, ProjectPipelines pipelines, Traces traces, BerthSettings settings, TimeProvider time)
{
    /// <summary>Stands in the page where the log comes.</summary>
    public const string LogPlace = "<!--log-->";

    public async Task<string> Render(ProjectPageAccess access, JobRow job, long skipped, CancellationToken cancellationToken) =>
        await renderer.Page<JobPage>(Viewer.Of(access.Session, time), new JobDetails(await Head(access, job, cancellationToken), job.TraceSize, skipped));

    /// <summary>What stands above the log, alone.</summary>
    public async Task<string> RenderHead(ProjectPageAccess access, JobRow job, CancellationToken cancellationToken) =>
        await renderer.Page<JobSummary>(Viewer.Of(access.Session, time), await Head(access, job, cancellationToken));

    /// <summary>Writes the log from the line after <paramref name="skipped"/> bytes on, and where it can be followed from.</summary>
    public async Task WriteLog(HttpResponse response, JobRow job, long skipped, CancellationToken cancellationToken)
    {
        var markup = await Begin(job, skipped, cancellationToken);
        await foreach (var bytes in traces.Read(job, markup.Next, cancellationToken))
        {
            foreach (var piece in markup.Add(bytes.Span))
                await response.WriteAsync(Html(piece), cancellationToken);
        }
        var ended = job.State.IsFinished();
        if (ended)
        {
            foreach (var piece in markup.Finish())
                await response.WriteAsync(Html(piece), cancellationToken);
        }
        var position = HtmlEncoder.Default.Encode(markup.Position.ToString());
        // The script puts what comes next before this mark, wherever in the sections it stands.
        await response.WriteAsync($"{markup.Unfinished()}<span id=\"log-end\" data-position=\"{position}\"></span>", cancellationToken);
        for (var depth = markup.Depth; depth > 0; depth--)
            await response.WriteAsync(LogMarkup.SectionEnd, cancellationToken);
    }

    private static string Html(LogPiece piece) => piece.Kind == LogPieceKind.SectionEnd ? piece.Html + LogMarkup.SectionEnd : piece.Html;

    /// <summary>In mid-log the first line that begins there is the first one shown.</summary>
    private async Task<LogMarkup> Begin(JobRow job, long skipped, CancellationToken cancellationToken)
    {
        if (skipped == 0)
            return new LogMarkup(LogPosition.Start);
        await foreach (var bytes in traces.Read(job, skipped, cancellationToken))
        {
            var end = bytes.Span.IndexOf((byte)'\n');
            return new LogMarkup(LogPosition.Start with { Offset = skipped + end + 1 });
        }
        return new LogMarkup(LogPosition.Start with { Offset = skipped });
    }

    private async Task<JobHead> Head(ProjectPageAccess access, JobRow job, CancellationToken cancellationToken)
    {
        var pipeline = await pipelines.Find(access.Project.Id, job.PipelineId, cancellationToken) ?? throw new InvalidOperationException($"Job {job.Id.ToString(CultureInfo.InvariantCulture)} has no pipeline.");
        return new JobHead(ProjectHeads.Of(access, settings, "pipelines"), ProjectHeads.Of(job), ProjectHeads.Of(pipeline), job.FailureReason, job.ExitCode, job.RunnerId, job.QueuedAt);
    }
}
