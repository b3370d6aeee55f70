using Berth.Runner.Configuration;
using Berth.Runner.Coordinator;
using Berth.Runner.Engine;
using Berth.Runner.Jobs;

namespace Berth.Runner.Dispatch;

/// <summary>
/// Asks one coordinator for jobs and runs them. A coordinator that knows long polling holds a request until there is a job, so the
/// next one follows at once; otherwise requests are <c>check_interval</c> apart.
/// </summary>
internal sealed class Poller(RunnerEntry entry, PollerSurroundings surroundings)
{
    /// <summary>An answer that took as long was held, not quick: the next request needs no pause.</summary>
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(1);

    private readonly RunnerInfo _info = new();
    private volatile RunnerEntry _entry = entry;
    private (CoordinatorClient? Client, (string, string, string, string) Settings) _client;
    private string? _lastUpdate;
    private int _refusals;
    private bool _engineIsGone;

    /// <summary>What config.toml says of the runner; a change counts from the next request on.</summary>
    public RunnerEntry Entry
    {
        get => _entry;
        set => _entry = value;
    }

    private RunnerLog Log => surroundings.Log;

    private string Name => $"{Entry.Name} ({Entry.ShortToken})";

    /// <summary>Asks until the token is cancelled; jobs that run go on.</summary>
    public Task Run(CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, Entry.RequestConcurrency).Select(_ => Ask(cancellationToken)));

    private async Task Ask(CancellationToken cancellationToken)
    {
        var wasAtOnce = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var slot = await surroundings.Slots.Take(this, Entry.Limit, cancellationToken);
                var started = surroundings.Time.GetTimestamp();
                var before = _lastUpdate;
                var outcome = await AskOnce(slot, cancellationToken);
                if (outcome == JobRequestOutcome.Assigned)
                {
                    // While it ran the queue went on: the next answer brings a new value, and counts as the first.
                    wasAtOnce = false;
                    if (!Entry.StrictCheckInterval)
                        continue;
                }
                // A first queue value is used at once: from then on the coordinator can hold the request.
                var isNew = outcome == JobRequestOutcome.None && _lastUpdate is not null && _lastUpdate != before && !wasAtOnce;
                wasAtOnce = isNew;
                if (isNew || outcome == JobRequestOutcome.None && surroundings.Time.GetElapsedTime(started) > Held)
                    continue;
                await Pause(outcome, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task<JobRequestOutcome> AskOnce(JobSlot? slot, CancellationToken cancellationToken)
    {
        var entry = Entry;
        try
        {
            if (!await EngineAnswers(entry, cancellationToken))
                return JobRequestOutcome.Failed;
            var client = Client(entry);
            // Where runners wait for one another's places, none may be held up by a request that waits for a job.
            var lastUpdate = surroundings.MayHold() ? _lastUpdate : null;
            var result = await client.RequestJob(new JobRequest(_info, entry.Token, surroundings.SystemId, lastUpdate), cancellationToken);
            _lastUpdate = result.LastUpdate ?? _lastUpdate;
            if (result.Job is { } job)
            {
                surroundings.Slots.Assign(slot!, job.JobInfo?.ProjectId ?? 0);
                var identity = new JobIdentity(job, entry, surroundings.SystemId, slot!.ConcurrentId, slot.ConcurrentProjectId);
                var place = slot;
                surroundings.Jobs.Start(() => RunJob(identity, client, place));
                slot = null;
            }
            return result.Outcome;
        }
        catch (Exception e) when (e is CoordinatorException or ConfigException)
        {
            Log.Warn($"{Name}: no answer to a request for a job: {e.Message}");
            return JobRequestOutcome.Failed;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // It must not end the asking for ever, which nobody would see.
            Log.Error($"{Name}: a request for a job ended by a fault of the runner: {e}");
            return JobRequestOutcome.Failed;
        }
        finally
        {
            slot?.Dispose();
        }
    }

    /// <summary>A job that is taken without an engine only fails. Says once that the engine is gone, and once that it is there again.</summary>
    private async Task<bool> EngineAnswers(RunnerEntry entry, CancellationToken cancellationToken)
    {
        var problem = await EngineConnection.Problem(entry.Docker, cancellationToken);
        var wasGone = Interlocked.Exchange(ref _engineIsGone, problem is not null);
        if (problem is not null && !wasGone)
            Log.Error($"{Name}: {problem}; takes no jobs until it answers");
        else if (problem is null && wasGone)
            Log.Info($"{Name}: the Docker engine answers again");
        return problem is null;
    }

    /// <summary>One client for all requests and jobs, as long as the settings that make it stay the same.</summary>
    private CoordinatorClient Client(RunnerEntry entry)
    {
        lock (_info)
        {
            var settings = (entry.Url, entry.CaFile, entry.CertFile, entry.KeyFile);
            // An older client is left to the jobs that still use it.
            if (_client.Client is null || _client.Settings != settings)
                _client = (new CoordinatorClient(entry), settings);
            return _client.Client;
        }
    }

    private async Task RunJob(JobIdentity identity, CoordinatorClient client, JobSlot slot)
    {
        using (slot)
        {
            try
            {
                await new JobExecution(identity, client.ForJob(identity.Job), Log, surroundings.Time).Run(surroundings.Interrupted);
            }
            catch (Exception e)
            {
                Log.Error($"job {identity.Job.Id} ended by a fault of the runner: {e}");
            }
        }
    }

    private async Task Pause(JobRequestOutcome outcome, CancellationToken cancellationToken)
    {
        _refusals = outcome == JobRequestOutcome.Forbidden ? _refusals + 1 : 0;
        if (outcome == JobRequestOutcome.Forbidden)
            Log.Error($"{Name}: {Entry.Url} does not know this runner's token (403)");
        var pause = surroundings.CheckInterval();
        if (_refusals >= Entry.UnhealthyRequestsLimit)
        {
            _refusals = 0;
            pause = Entry.UnhealthyInterval;
            Log.Error($"{Name}: unhealthy, and asks again in {GoDuration.Text(pause)}");
        }
        await Task.Delay(pause, surroundings.Time, cancellationToken);
    }
}

/// <summary>What the pollers of one process share.</summary>
internal sealed record PollerSurroundings(
    JobSlots Slots, RunningJobs Jobs, RunnerLog Log, TimeProvider Time, string SystemId, CancellationToken Interrupted)
{
    public required Func<TimeSpan> CheckInterval { get; init; }

    /// <summary>Whether a request may ask to be held until there is a job.</summary>
    public required Func<bool> MayHold { get; init; }
}
