using System.Globalization;

namespace Berth.Runner.Trace;

/// <summary>The runner's own lines in a job's log, in the colours and words that users of GitLab know, and its sections.</summary>
internal sealed class JobLog(JobTrace trace, TimeProvider time, bool hasSections)
{
    private const string Clear = "\e[0K";
    private const string Reset = "\e[0;m";

    public JobTrace Trace => trace;

    public JobTimes Times { get; } = new(time);

    public void Line(string text) => trace.Write($"{Clear}{text}{Reset}\n");

    public void Notice(string text) => trace.Write($"\e[32;1m{text}{Reset}\n");

    public void Warning(string text) => trace.Write($"\e[0;33mWARNING: {text}{Reset}\n");

    public void Error(string text) => trace.Write($"\e[31;1mERROR: {text}{Reset}\n");

    /// <summary>A collapsible part of the log; it ends when the returned value is disposed.</summary>
    public Section Begin(string name, string title)
    {
        Mark("section_start", name);
        trace.Write($"{Clear}\e[36;1m{title}{Reset}{Reset}\n");
        return new Section(this, name);
    }

    private void Mark(string what, string name)
    {
        if (hasSections)
            trace.Write(string.Create(CultureInfo.InvariantCulture, $"{what}:{time.GetUtcNow().ToUnixTimeSeconds()}:{name}\r{Clear}"));
    }

    internal readonly struct Section(JobLog log, string name) : IDisposable
    {
        public void Dispose() => log.Mark("section_end", name);
    }
}
