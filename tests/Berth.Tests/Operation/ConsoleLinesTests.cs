using System.Text;
using Berth.Server.Operation;
using Berth.Server.Storage;
using Berth.Tests.Harness;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Tests.Operation;

public sealed class ConsoleLinesTests
{
    private static readonly FakeTimeProvider Clock = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, 89, TimeSpan.Zero));

    [Fact]
    public void An_entry_is_one_line_with_time_level_category_and_event()
    {
        Assert.Equal(
            "2026-03-04T05:06:07.089Z info: Berth.Access[7] pulled root/hello\n",
            Written(logger => logger.Log(LogLevel.Information, new EventId(7), "pulled root/hello", null, (text, _) => text)));
    }

    [Fact]
    public void Line_ends_in_a_message_and_an_exception_forge_no_second_line()
    {
        var written = Written(logger => logger.Log(LogLevel.Error, default, "a\nb\rc\r\nd", new IOException("e\nf"), (text, _) => text));
        Assert.Equal("2026-03-04T05:06:07.089Z fail: Berth.Access[0] a b c d System.IO.IOException: e f\n", written);
    }

    [Theory]
    [InlineData("pulled root/hello", "pulled root/hello")]
    [InlineData("a\r\nb", "a b")]
    [InlineData("größer", "größer")]
    public void An_entry_that_writes_itself_as_bytes_is_the_line_that_its_text_would_be(string text, string line)
    {
        foreach (var (given, expected) in new[] { (text, line), (text + new string('x', 2000), line + new string('x', 2000)) })
            Assert.Equal($"2026-03-04T05:06:07.089Z info: Berth.Access[7] {expected}\n", Written(logger => logger.Log(LogLevel.Information, new EventId(7), new BytesEntry(given), null, (entry, _) => entry.ToString())));
    }

    [Fact]
    public async Task Entries_of_many_threads_are_all_written_in_the_order_of_each()
    {
        const int Threads = 4, Each = 5000;
        var output = new MemoryStream();
        using (var console = new ConsoleLines(output, Clock))
        {
            var logger = console.CreateLogger("t");
            await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
            {
                for (var entry = 0; entry < Each; entry++)
                    Log(logger, $"{thread} {entry}");
            })));
        }
        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split("[0] ")[1].Split(' ')).ToList();
        Assert.Equal(Threads * Each, lines.Count);
        foreach (var thread in lines.GroupBy(line => line[0]))
            Assert.Equal(Enumerable.Range(0, Each).Select(entry => $"{entry}"), thread.Select(line => line[1]));
    }

    [Fact]
    public async Task Who_logs_waits_while_standard_output_takes_nothing_but_no_thread_that_waits_for_sockets_and_then_all_is_there()
    {
        const int Entries = 4000;
        var output = new HeldStream();
        using (var console = new ConsoleLines(output, Clock))
        {
            var logger = console.CreateLogger("t");
            var text = new string('x', 1000);
            var logged = 0;
            var logging = Task.Run(() =>
            {
                for (; logged < Entries; logged++)
                    Log(logger, text);
            }, TestContext.Current.CancellationToken);
            await output.Held.WaitAsync(TestContext.Current.CancellationToken);
            Assert.False(logging.IsCompleted);
            await Eventually.True(() => Task.FromResult(!SocketThread.MayAnswer));
            output.Release();
            await logging;
            Assert.Equal(Entries, logged);
        }
        Assert.Equal(Entries, output.Lines);
        await Eventually.True(() => Task.FromResult(SocketThread.MayAnswer));
    }

    [Fact]
    public void What_is_logged_after_the_end_is_still_written()
    {
        var output = new MemoryStream();
        var console = new ConsoleLines(output, Clock);
        var logger = console.CreateLogger("t");
        console.Dispose();
        Log(logger, "late");
        Assert.EndsWith("late\n", Encoding.UTF8.GetString(output.ToArray()), StringComparison.Ordinal);
    }

    private static string Written(Action<ILogger> log)
    {
        var output = new MemoryStream();
        using (var console = new ConsoleLines(output, Clock))
            log(console.CreateLogger("Berth.Access"));
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static void Log(ILogger logger, string text) => logger.Log(LogLevel.Information, default, text, null, (state, _) => state);

    private readonly struct BytesEntry(string text) : IUtf8SpanFormattable
    {
        public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
            Encoding.UTF8.TryGetBytes(text, utf8Destination, out bytesWritten);

        public override string ToString() => text;
    }

    /// <summary>Takes nothing until it is released, as a pipe that nobody reads.</summary>
    private sealed class HeldStream : MemoryStream
    {
        private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _released = new();

        /// <summary>Ends when the first write is held.</summary>
        public Task Held => _held.Task;

        public int Lines { get; private set; }

        public void Release() => _released.Set();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _held.TrySetResult();
            _released.Wait();
            Lines += buffer.Count((byte)'\n');
        }
    }
}
