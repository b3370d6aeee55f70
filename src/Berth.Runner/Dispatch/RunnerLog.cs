using System.Text.Json;
using Berth.Runner.Configuration;

namespace Berth.Runner.Dispatch;

/// <summary>The process's own log, on standard error: one line each, as text or JSON. It never holds a secret or a job's output.</summary>
internal sealed class RunnerLog(TextWriter output, TimeProvider time)
{
    private readonly Lock _lock = new();

    /// <summary>What <c>log_level</c> says.</summary>
    public LogLevel Level { get; set; } = LogLevel.Info;

    /// <summary>What <c>log_format</c> says.</summary>
    public LogFormat Format { get; set; }

    public void Debug(string message) => Write(LogLevel.Debug, message);

    public void Info(string message) => Write(LogLevel.Info, message);

    public void Warn(string message) => Write(LogLevel.Warn, message);

    public void Error(string message) => Write(LogLevel.Error, message);

    private void Write(LogLevel level, string message)
    {
        if (level < Level)
            return;
        var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var word = level.ToString().ToLowerInvariant();
        var line = Format == LogFormat.Json
            ? $"{{\"level\":\"{word}\",\"msg\":\"{JsonEncodedText.Encode(message)}\",\"time\":\"{now}\"}}"
            : $"{now} {word} {message.ReplaceLineEndings(" ")}";
        lock (_lock)
            output.WriteLine(line);
    }
}
