using Berth.Runner.Configuration;
using Berth.Runner.Engine;

namespace Berth.Runner.Dispatch;

/// <summary>
/// What <c>run</c> does: keeps a poller for each <c>[[runners]]</c>, follows changes of config.toml, and ends in order. SIGQUIT ends
/// after the jobs; SIGTERM and SIGINT stop the jobs, report them as failed, and wait for that no longer than
/// <c>shutdown_timeout</c>.
/// </summary>
internal sealed class RunnerProcess : IDisposable
{
    /// <summary>How often config.toml is looked at, as gitlab-runner does.</summary>
    private static readonly TimeSpan ConfigInterval = TimeSpan.FromSeconds(3);

    private readonly ConfigFile _file;
    private readonly RunnerLog _log;
    private readonly TimeProvider _time;
    private readonly JobSlots _slots = new();
    private readonly RunningJobs _jobs = new();
    private readonly CancellationTokenSource _interrupt = new();
    private readonly Dictionary<(string Url, string Token), (Poller Poller, Task Running, CancellationTokenSource Stop)> _pollers = [];
    private RunnerConfig? _config;
    private PollerSurroundings? _surroundings;

    public RunnerProcess(ConfigFile file, RunnerLog log, TimeProvider time) => (_file, _log, _time) = (file, log, time);

    /// <param name="quit">Take no more jobs, and end when those that run are done.</param>
    /// <param name="terminate">End soon.</param>
    /// <exception cref="ConfigException">config.toml is wrong at the start, or an engine is not there; later that is only logged.</exception>
    public async Task Run(CancellationToken quit, CancellationToken terminate)
    {
        var config = await _file.Read(terminate);
        var systemId = await SystemId.Load(_file.FullPath, terminate);
        using var alone = Alone();
        _surroundings = new PollerSurroundings(_slots, _jobs, _log, _time, systemId, _interrupt.Token)
        {
            CheckInterval = () => _config!.CheckInterval,
            MayHold = () => _slots.Concurrent >= _pollers.Count,
        };
        await RemoveLeftovers(config, systemId, terminate);
        Apply(config);
        _log.Info($"berth-runner {Coordinator.RunnerInfo.OwnVersion} is ready: {config.Runners.Count} runners, {config.Concurrent} jobs at once, {_file.FullPath}");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(quit, terminate);
        await FollowConfig(end.Token);
        await End(terminate);
    }

    public void Dispose() => _interrupt.Dispose();

    private async Task FollowConfig(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(ConfigInterval, _time, cancellationToken);
                if (!_file.HasChanged)
                    continue;
                try
                {
                    Apply(await _file.Read(cancellationToken));
                    _log.Info("config.toml changed and is in force");
                }
                catch (ConfigException e)
                {
                    _log.Error($"config.toml changed and is not taken over: {e.Message}");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private void Apply(RunnerConfig config)
    {
        _config = config;
        _log.Level = config.LogLevel;
        _log.Format = config.LogFormat;
        foreach (var warning in config.Warnings)
            _log.Warn(warning);
        _slots.Concurrent = config.Concurrent;
        var wanted = config.Runners.DistinctBy(entry => (entry.Url, entry.Token)).ToDictionary(entry => (entry.Url, entry.Token));
        foreach (var (key, poller) in _pollers.Where(known => !wanted.ContainsKey(known.Key)).ToList())
        {
            _pollers.Remove(key);
            poller.Stop.Cancel();
        }
        foreach (var (key, entry) in wanted)
        {
            if (_pollers.TryGetValue(key, out var known))
            {
                known.Poller.Entry = entry;
                continue;
            }
            var stop = new CancellationTokenSource();
            var poller = new Poller(entry, _surroundings!);
            _pollers[key] = (poller, Task.Run(() => poller.Run(stop.Token)), stop);
        }
        if (config.Runners.Count == 0)
            _log.Warn("config.toml names no runner; berth-runner register adds one");
    }

    private async Task End(CancellationToken terminate)
    {
        foreach (var (_, _, stop) in _pollers.Values)
            await stop.CancelAsync();
        await Task.WhenAll(_pollers.Values.Select(poller => poller.Running));
        _log.Info($"takes no more jobs; {_jobs.Count} running");
        try
        {
            await _jobs.Drain(terminate);
        }
        catch (OperationCanceledException)
        {
            await _interrupt.CancelAsync();
            using var limit = new CancellationTokenSource(_config!.ShutdownTimeout, _time);
            try
            {
                await _jobs.Drain(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _log.Error($"{_jobs.Count} jobs did not end within shutdown_timeout; their containers are removed at the next start");
            }
        }
    }

    private async Task RemoveLeftovers(RunnerConfig config, string systemId, CancellationToken cancellationToken)
    {
        foreach (var docker in config.Runners.Select(entry => entry.Docker).DistinctBy(docker => docker.Host))
        {
            if (await EngineConnection.Problem(docker, cancellationToken) is { } problem)
                throw new ConfigException(problem);
            using var engine = EngineConnection.Open(docker);
            foreach (var failure in await Leftovers.RemoveAll(engine, systemId, cancellationToken))
                _log.Warn($"the engine at {engine.Options.Endpoint}: {failure}");
        }
    }

    /// <summary>Two processes on one config.toml would take each other's containers for leftovers.</summary>
    private FileStream Alone()
    {
        var path = _file.FullPath + ".lock";
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"{path} can't be locked; another berth-runner may run with this config.toml ({e.Message})");
        }
    }
}
