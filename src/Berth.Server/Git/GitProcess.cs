using System.Diagnostics;
using System.Text;

namespace Berth.Server.Git;

/// <summary>
/// One run of git with both its streams. Its environment holds PATH, LC_ALL and what this class sets, and nothing of the
/// server's. Disposing it ends it.
/// </summary>
internal sealed class GitProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;

    private GitProcess(Process process)
    {
        _process = process;
        _error = ReadError(process.StandardError);
    }

    public Stream Input => _process.StandardInput.BaseStream;

    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Starts git in a directory.</summary>
    /// <param name="directory">Full path.</param>
    /// <param name="arguments">Behind the configuration; none comes from a client.</param>
    /// <param name="configuration">'key=value', over all files of configuration.</param>
    /// <param name="protocol">The value of GIT_PROTOCOL.</param>
    public static GitProcess Start(string directory, IEnumerable<string> arguments, IEnumerable<string> configuration, string? protocol = null)
    {
        var start = new ProcessStartInfo("git")
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var pair in configuration)
        {
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add(pair);
        }
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        SetEnvironment(start.Environment, directory, protocol);
        return new GitProcess(Process.Start(start) ?? throw new InvalidOperationException("git did not start."));
    }

    /// <summary>Ends it and what it started; to be called at any time.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception gone) when (gone is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>Ends it if it has not ended by itself within a time.</summary>
    public async Task KillAfter(TimeSpan grace)
    {
        try
        {
            await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(grace);
        }
        catch (Exception late) when (late is TimeoutException or InvalidOperationException)
        {
            Kill();
        }
    }

    /// <summary>Waits for the end; the exit code, and what git said on standard error.</summary>
    public async Task<(int Code, string Error)> Exit()
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        return (_process.ExitCode, await _error);
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await Exit();
        _process.Dispose();
    }

    private static void SetEnvironment(IDictionary<string, string?> environment, string directory, string? protocol)
    {
        environment.Clear();
        environment["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin";
        environment["LC_ALL"] = "C";
        environment["GIT_DIR"] = directory;
        environment["GIT_CONFIG_NOSYSTEM"] = "1";
        environment["GIT_CONFIG_SYSTEM"] = "/dev/null";
        environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        environment["GIT_TERMINAL_PROMPT"] = "0";
        // refs/replace, which anyone who pushes can write, must not show other content than what was pushed.
        environment["GIT_NO_REPLACE_OBJECTS"] = "1";
        if (protocol is not null)
            environment["GIT_PROTOCOL"] = protocol;
    }

    private static async Task<string> ReadError(StreamReader reader)
    {
        var kept = new StringBuilder();
        var buffer = new char[1024];
        int read;
        while ((read = await reader.ReadAsync(buffer)) > 0)
        {
            if (kept.Length < GitLimits.MaxErrorChars)
                kept.Append(buffer, 0, Math.Min(read, GitLimits.MaxErrorChars - kept.Length));
        }
        return kept.ToString().Trim();
    }
}
