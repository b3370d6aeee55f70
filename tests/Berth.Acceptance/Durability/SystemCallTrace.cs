using System.Diagnostics;
using System.Text.RegularExpressions;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Durability;

/// <summary>
/// strace, attached to a running program: which calls that concern files and sockets it makes, in order. A call that another
/// thread's cuts in two counts from its first line to its last.
/// </summary>
internal sealed partial class SystemCallTrace : IAsyncDisposable
{
    private readonly Process _strace;
    private readonly string _file;

    private SystemCallTrace(Process strace, string file) => (_strace, _file) = (strace, file);

    public static async Task<SystemCallTrace> Attach(int processId)
    {
        var file = Path.GetTempFileName();
        // -y writes each descriptor's path beside it.
        string[] arguments = ["-f", "-y", "-s", "64", "-o", file, "-e", "trace=fsync,fdatasync,rename,mkdir,write,writev,sendto,sendmsg", "-p", $"{processId}"];
        var strace = Process.Start(new ProcessStartInfo("strace", arguments) { RedirectStandardError = true })!;
        var attached = await strace.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.Contains("attached", attached ?? "", StringComparison.Ordinal);
        return new SystemCallTrace(strace, file);
    }

    /// <summary>Detaches and returns what was seen.</summary>
    public async Task<IReadOnlyList<SystemCall>> End()
    {
        (await Command.Run("kill", ["-INT", $"{_strace.Id}"])).Succeeded();
        await _strace.WaitForExitAsync(TestContext.Current.CancellationToken);
        return Parse(await File.ReadAllLinesAsync(_file, TestContext.Current.CancellationToken));
    }

    public ValueTask DisposeAsync()
    {
        if (!_strace.HasExited)
            _strace.Kill();
        _strace.Dispose();
        File.Delete(_file);
        return ValueTask.CompletedTask;
    }

    private static List<SystemCall> Parse(string[] lines)
    {
        var calls = new List<SystemCall>();
        var cut = new Dictionary<string, (string Text, int Line)>();
        for (var number = 0; number < lines.Length; number++)
        {
            var line = Line().Match(lines[number]);
            if (!line.Success)
                continue;
            var (thread, text) = (line.Groups["thread"].Value, line.Groups["text"].Value);
            var begun = number;
            if (text.EndsWith("<unfinished ...>", StringComparison.Ordinal))
            {
                cut[thread] = (text[..^"<unfinished ...>".Length].TrimEnd(), number);
                continue;
            }
            if (text.StartsWith("<... ", StringComparison.Ordinal) && cut.Remove(thread, out var first))
                (text, begun) = (first.Text + text[(text.IndexOf('>', StringComparison.Ordinal) + 1)..], first.Line);
            if (text.IndexOf('(', StringComparison.Ordinal) is > 0 and var open)
                calls.Add(new SystemCall(text[..open], text[(open + 1)..], begun, number));
        }
        return calls;
    }

    [GeneratedRegex("^(?<thread>[0-9]+) +(?<text>.*)$")]
    private static partial Regex Line();
}

/// <summary>One call: its name, what stands behind the bracket with its result, and the lines of the trace where it began and ended.</summary>
internal sealed record SystemCall(string Name, string Text, int Begun, int Ended)
{
    public bool IsSyncOf(string path) => Name is "fsync" or "fdatasync" && Text.Contains($"<{path}>", StringComparison.Ordinal) && Text.EndsWith("= 0", StringComparison.Ordinal);
}
