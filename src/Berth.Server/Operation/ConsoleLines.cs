using System.Buffers;
using System.Globalization;
using System.Text;
using Berth.Server.Storage;

namespace Berth.Server.Operation;

/// <summary>
/// Logs to standard output, a line an entry. The framework's own console logger wakes its thread and calls the kernel for each line,
/// which took 40 % of the processor time of a manifest pull; here lines gather for <see cref="GatherMilliseconds"/> and leave in one
/// write. None is lost but by a crash of the process: when standard output does not take more, those who log wait.
/// </summary>
internal sealed class ConsoleLines : ILoggerProvider
{
    /// <summary>Too short to be seen by who watches the log.</summary>
    private const int GatherMilliseconds = 10;

    /// <summary>Beyond it who logs waits until standard output has taken some.</summary>
    private const int MaxPendingBytes = 256 * 1024;

    /// <summary>Beyond it no answer is given on a thread that waits for sockets. What is under way there adds its line and never waits.</summary>
    private const int MaxInlineBytes = MaxPendingBytes * 3 / 4;

    /// <summary>Of an entry that writes itself as bytes (<see cref="IUtf8SpanFormattable"/>); a longer one goes by way of a text.</summary>
    private const int MaxEntryBytes = 1024;

    private readonly object _gate = new();
    private readonly ManualResetEventSlim _ending = new();
    private readonly Stream _output;
    private readonly TimeProvider _time;
    private readonly Thread _writer;
    private ArrayBufferWriter<byte> _pending = new();
    private ArrayBufferWriter<byte> _leaving = new();
    private bool _isBehind;

    public ConsoleLines(Stream output, TimeProvider time)
    {
        (_output, _time) = (output, time);
        _writer = new Thread(Loop) { IsBackground = true, Name = "console-lines" };
        _writer.Start();
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <summary>Writes what is pending and ends the thread.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_ending.IsSet)
                return;
            _ending.Set();
            Monitor.PulseAll(_gate);
        }
        _writer.Join();
    }

    private void Add(LogLevel level, string category, int eventId, ReadOnlySpan<byte> message)
    {
        lock (_gate)
        {
            while (_pending.WrittenCount > MaxPendingBytes && !_ending.IsSet && !SocketThread.IsCurrent)
                Monitor.Wait(_gate);
            if (_ending.IsSet)
            {
                var late = new ArrayBufferWriter<byte>();
                Write(late, level, category, eventId, message);
                _output.Write(late.WrittenSpan);
                return;
            }
            if (_pending.WrittenCount == 0)
                Monitor.PulseAll(_gate);
            Write(_pending, level, category, eventId, message);
            SetBehind(_pending.WrittenCount > MaxInlineBytes);
        }
    }

    private void Write(ArrayBufferWriter<byte> to, LogLevel level, string category, int eventId, ReadOnlySpan<byte> message)
    {
        // "O" is 2026-03-04T05:06:07.0890000Z, and ten times faster than a format of our own.
        Span<byte> time = stackalloc byte[28];
        _time.GetUtcNow().UtcDateTime.TryFormat(time, out _, "O", CultureInfo.InvariantCulture);
        to.Write(time[..23]);
        to.Write("Z "u8);
        to.Write(Word(level));
        to.Write(": "u8);
        Encoding.UTF8.GetBytes(category, to);
        to.Write("["u8);
        Span<byte> number = stackalloc byte[11];
        eventId.TryFormat(number, out var digits, provider: CultureInfo.InvariantCulture);
        to.Write(number[..digits]);
        to.Write("] "u8);
        to.Write(message);
        to.Write("\n"u8);
    }

    /// <summary>The words of the framework's console logger, which collectors of logs know.</summary>
    private static ReadOnlySpan<byte> Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce"u8,
        LogLevel.Debug => "dbug"u8,
        LogLevel.Information => "info"u8,
        LogLevel.Warning => "warn"u8,
        LogLevel.Error => "fail"u8,
        _ => "crit"u8,
    };

    private void Loop()
    {
        while (TakePending())
        {
            try
            {
                _output.Write(_leaving.WrittenSpan);
                _output.Flush();
            }
            catch (IOException)
            {
                // Nobody reads standard output any longer; the registry goes on without.
            }
            _leaving.ResetWrittenCount();
            _ending.Wait(GatherMilliseconds);
        }
    }

    /// <summary>Waits for lines and takes them all; false if none will come any more.</summary>
    private bool TakePending()
    {
        lock (_gate)
        {
            while (_pending.WrittenCount == 0)
            {
                if (_ending.IsSet)
                    return false;
                Monitor.Wait(_gate);
            }
            (_pending, _leaving) = (_leaving, _pending);
            SetBehind(false);
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    private void SetBehind(bool value)
    {
        if (value == _isBehind)
            return;
        _isBehind = value;
        if (value)
            SocketThread.Refuse();
        else
            SocketThread.Allow();
    }

    private sealed class Logger(ConsoleLines console, string category) : ILogger
    {
        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Span<byte> bytes = stackalloc byte[MaxEntryBytes];
            if (exception is null && state is IUtf8SpanFormattable && ((IUtf8SpanFormattable)state).TryFormat(bytes, out var length, default, CultureInfo.InvariantCulture)
                && !bytes[..length].ContainsAny((byte)'\r', (byte)'\n'))
            {
                console.Add(logLevel, category, eventId.Id, bytes[..length]);
                return;
            }
            var message = formatter(state, exception);
            if (exception is not null)
                message = $"{message} {exception}";
            // One entry is one line whatever a client put into a name or an exception into its text.
            if (message.AsSpan().ContainsAny('\r', '\n'))
                message = message.ReplaceLineEndings(" ");
            console.Add(logLevel, category, eventId.Id, Encoding.UTF8.GetBytes(message));
        }
    }
}
