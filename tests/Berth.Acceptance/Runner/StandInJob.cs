using System.Text;
using System.Text.Json.Nodes;

namespace Berth.Acceptance.Runner;

/// <summary>A job as the stand-in coordinator knows it: what it sent, and all that came back.</summary>
public sealed class StandInJob(long id, string token, JsonObject payload)
{
    private readonly Lock _lock = new();
    private readonly MemoryStream _trace = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(Func<string, bool> Condition, TaskCompletionSource Reached)> _watches = [];

    public long Id => id;

    public string Token => token;

    public JsonObject Payload => payload;

    public string State { get; private set; } = "pending";

    public string? FailureReason { get; private set; }

    public int ExitCode { get; private set; }

    /// <summary>What the next answers say in Job-Status, when it is not the state.</summary>
    public string? AnnouncedStatus { get; set; }

    /// <summary>Answers of the coming PATCHes in place of the right one, one each.</summary>
    public Queue<int> PatchFailures { get; } = new();

    /// <summary>Answers of the coming final PUTs in place of the right one, one each.</summary>
    public Queue<int> FinalFailures { get; } = new();

    public List<(string Query, string FileName, byte[] Content)> Artifacts { get; } = [];

    /// <summary>Every PATCH as it came: where it claimed to begin, how long it was, what it was answered.</summary>
    public List<(long Start, long End, int Length, int Status)> Patches { get; } = [];

    public List<JsonObject> Updates { get; } = [];

    public bool IsFinished => State is "success" or "failed" or "canceled";

    public string Trace
    {
        get
        {
            lock (_lock)
                return Encoding.UTF8.GetString(_trace.ToArray());
        }
    }

    public long TraceLength
    {
        get
        {
            lock (_lock)
                return _trace.Length;
        }
    }

    /// <summary>As the runner must compute it.</summary>
    public string TraceChecksum
    {
        get
        {
            lock (_lock)
                return $"crc32:{Crc32(_trace.ToArray()):x8}";
        }
    }

    public void Start() => State = "running";

    /// <summary>Loses the end of the log, as a server does that was killed.</summary>
    public void Truncate(long length)
    {
        lock (_lock)
            _trace.SetLength(length);
    }

    public void Append(byte[] bytes)
    {
        lock (_lock)
        {
            _trace.Position = _trace.Length;
            _trace.Write(bytes);
        }
        foreach (var (condition, reached) in _watches.ToArray())
        {
            if (condition(Trace))
                reached.TrySetResult();
        }
    }

    public void Finish(string state, string? failureReason, int exitCode)
    {
        (State, FailureReason, ExitCode) = (state, failureReason, exitCode);
        _ended.TrySetResult();
    }

    /// <summary>Cancelled at once, for a runner that is to stop everything.</summary>
    public void Cancel() => Finish("canceled", null, 0);

    /// <summary>Waits for its final state; after two minutes the test fails with the log.</summary>
    public async Task<StandInJob> Ended()
    {
        await WithLog(_ended.Task);
        return this;
    }

    /// <summary>Waits until the log holds <paramref name="text"/>.</summary>
    public Task Logged(string text)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _watches.Add((trace => trace.Contains(text, StringComparison.Ordinal), reached));
        if (Trace.Contains(text, StringComparison.Ordinal))
            reached.TrySetResult();
        return WithLog(reached.Task);
    }

    public StandInJob Succeeded()
    {
        Assert.True(State == "success", $"the job {State} ({FailureReason}):\n{Trace}");
        return this;
    }

    public StandInJob FailedWith(string reason, params ReadOnlySpan<string> words)
    {
        Assert.True(State == "failed" && FailureReason == reason, $"the job {State} ({FailureReason}):\n{Trace}");
        foreach (var word in words)
            Assert.True(Trace.Contains(word, StringComparison.Ordinal), $"the log does not say \"{word}\":\n{Trace}");
        return this;
    }

    /// <summary>Bit by bit by the definition of IEEE 802.3, so as not to share the runner's table.</summary>
    private static uint Crc32(byte[] bytes)
    {
        var state = 0xFFFFFFFFu;
        foreach (var b in bytes)
        {
            state ^= b;
            for (var bit = 0; bit < 8; bit++)
                state = (state & 1) == 0 ? state >> 1 : state >> 1 ^ 0xEDB88320u;
        }
        return ~state;
    }

    private async Task WithLog(Task task)
    {
        try
        {
            await task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"job {Id} is {State}:\n{Trace}");
        }
    }
}
