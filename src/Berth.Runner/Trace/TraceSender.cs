using Berth.Runner.Coordinator;

namespace Berth.Runner.Trace;

/// <summary>
/// Sends a job's log while it grows, one PATCH at a time, says every 10 s that the job lives, and hears in the answers that it is
/// cancelled. <see cref="Finish"/> sends the rest and the final state.
/// </summary>
internal sealed class TraceSender : IAsyncDisposable
{
    /// <summary>gitlab-runner's; the coordinator may ask for another.</summary>
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(3);

    /// <summary>Also how late a job without output hears of its cancel; gitlab-runner waits 30 s.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    /// <summary>gitlab-runner's largest patch is 1 MiB; a smaller one keeps less in memory and is as quick.</summary>
    private const int PatchSize = 256 * 1024;

    /// <summary>For a coordinator that still writes the log away; Berth and GitLab give up by themselves after some minutes.</summary>
    private static readonly TimeSpan PendingLimit = TimeSpan.FromMinutes(15);

    private readonly JobTrace _trace;
    private readonly JobClient _client;
    private readonly Job _job;
    private readonly TimeProvider _time;
    private readonly bool _debugTrace;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _aborted = new();
    private readonly CancellationTokenSource _canceled = new();
    private readonly byte[] _buffer = new byte[PatchSize];
    private readonly Backoff _backoff;
    private Task _loop = Task.CompletedTask;
    private TimeSpan _interval = DefaultInterval;
    private long _sent;
    private long _lastContact;

    public TraceSender(JobTrace trace, JobClient client, Job job, TimeProvider time, bool debugTrace)
    {
        (_trace, _client, _job, _time, _debugTrace) = (trace, client, job, time, debugTrace);
        _backoff = new Backoff(time);
        _lastContact = time.GetTimestamp();
    }

    /// <summary>Cancelled when the coordinator wants nothing more of the job.</summary>
    public CancellationToken Aborted => _aborted.Token;

    /// <summary>Cancelled when the script is to stop and after_script still to run.</summary>
    public CancellationToken Canceled => _canceled.Token;

    /// <summary>Says that the job was taken, then sends in the background.</summary>
    public async Task Start(CancellationToken cancellationToken)
    {
        try
        {
            Heed(await _client.Update(Running, cancellationToken));
        }
        catch (Exception e) when (IsOutage(e, cancellationToken))
        {
            // The patches and heartbeats to come say it as well.
        }
        _loop = Task.Run(() => Loop(_stop.Token), CancellationToken.None);
    }

    /// <summary>Sends what is left and the final state, trying as often as <paramref name="attempts"/> says.</summary>
    /// <returns>False if the coordinator did not take it.</returns>
    public async Task<bool> Finish(string state, string? failureReason, int exitCode, int attempts, CancellationToken cancellationToken)
    {
        await StopLoop();
        var update = Running with { State = state, FailureReason = failureReason, ExitCode = exitCode == 0 ? null : exitCode };
        var failures = 0;
        var started = _time.GetTimestamp();
        while (failures < attempts && !Aborted.IsCancellationRequested)
        {
            try
            {
                if (await SendAll(cancellationToken))
                {
                    var final = update with { Checksum = _trace.Checksum, Output = new JobOutput(_trace.Checksum, _trace.Length) };
                    var result = await _client.Update(final, cancellationToken);
                    Heed(result, isFinal: true);
                    switch (result.Outcome)
                    {
                        case UpdateOutcome.Accepted:
                            return true;
                        case UpdateOutcome.NotFound:
                            return false;
                        case UpdateOutcome.Pending when _time.GetElapsedTime(started) > PendingLimit:
                            return false;
                        case UpdateOutcome.Pending:
                            await Task.Delay(_interval, _time, cancellationToken);
                            continue;
                        case UpdateOutcome.TraceRejected:
                            _sent = 0;
                            break;
                    }
                }
            }
            catch (Exception e) when (IsOutage(e, cancellationToken))
            {
                // Tried again below.
            }
            if (++failures < attempts)
                await _backoff.Wait(cancellationToken);
        }
        return false;
    }

    public async ValueTask DisposeAsync()
    {
        await StopLoop();
        _stop.Dispose();
        _aborted.Dispose();
        _canceled.Dispose();
    }

    private JobUpdate Running => new(new RunnerInfo(), _job.Token, "running");

    private async Task StopLoop()
    {
        await _stop.CancelAsync();
        await _loop;
    }

    private async Task Loop(CancellationToken cancellationToken)
    {
        try
        {
            // The first lines soon: someone may be watching.
            await Task.Delay(TimeSpan.FromMilliseconds(500), _time, cancellationToken);
            while (!Aborted.IsCancellationRequested)
            {
                var pause = await TryStep(cancellationToken) ? _interval : _backoff.Next();
                await Task.Delay(pause < Heartbeat ? pause : Heartbeat, _time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Finish goes on from here.
        }
    }

    private async Task<bool> TryStep(CancellationToken cancellationToken)
    {
        try
        {
            if (!await SendAll(cancellationToken))
                return false;
            if (_time.GetElapsedTime(_lastContact) >= Heartbeat)
            {
                var result = await _client.Update(Running, cancellationToken);
                Heed(result);
                return result.Outcome == UpdateOutcome.Accepted;
            }
            return true;
        }
        catch (Exception e) when (IsOutage(e, cancellationToken))
        {
            return false;
        }
    }

    /// <returns>True when the coordinator has all that is written.</returns>
    private async Task<bool> SendAll(CancellationToken cancellationToken)
    {
        while (!Aborted.IsCancellationRequested)
        {
            var count = _trace.Read(_sent, _buffer);
            if (count == 0)
                return true;
            var result = await _client.Append(_sent, _buffer.AsMemory(0, count), _debugTrace, cancellationToken);
            Heed(result);
            switch (result.Outcome)
            {
                case UpdateOutcome.Accepted:
                    _sent += count;
                    _backoff.Reset();
                    break;
                // More than there is would be another job's log; then only sending it all again can help.
                case UpdateOutcome.RangeMismatch when result.Size != _sent:
                    _sent = result.Size <= _trace.Length ? result.Size : 0;
                    break;
                default:
                    return false;
            }
        }
        return false;
    }

    private void Heed(UpdateResult result, bool isFinal = false)
    {
        if (result.Interval > TimeSpan.Zero)
            _interval = result.Interval;
        if (result.Outcome is UpdateOutcome.Accepted or UpdateOutcome.Pending)
            _lastContact = _time.GetTimestamp();
        if (isFinal && result.Outcome == UpdateOutcome.Accepted)
            return;
        if (result.Abort)
            _aborted.Cancel();
        else if (result.CancelGracefully)
            _canceled.Cancel();
    }

    private static bool IsOutage(Exception e, CancellationToken cancellationToken) =>
        e is HttpRequestException or IOException || e is OperationCanceledException && !cancellationToken.IsCancellationRequested;
}
