using Berth.Runner.Configuration;
using Berth.Runner.Coordinator;
using Berth.Runner.Engine;
using Berth.Runner.Trace;
using Berth.Runner.Workspace;
using Docker.DotNet;

namespace Berth.Runner.Jobs;

/// <summary>The parts of a job that its log shows as sections, in their order.</summary>
internal sealed class JobStages(
    JobIdentity identity, JobPaths paths, JobVariables variables, JobLog log, JobClient client, TimeProvider time, bool debugTrace) : IDisposable
{
    private const string AfterScript = "after_script";
    private const int PrepareAttempts = 3;

    private static readonly TimeSpan PreparePause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AfterScriptTimeout = TimeSpan.FromMinutes(5);

    private readonly SourcesScript _sources = new(identity.Job, identity.Runner, variables, paths);
    private DockerClient? _engine;
    private PreparedJob? _prepared;

    private Job Job => identity.Job;

    private PreparedJob Prepared => _prepared ?? throw new InvalidOperationException("The job's containers are not there.");

    /// <summary>Whether the job came so far that after_script has something to run in.</summary>
    public bool IsReady { get; private set; }

    /// <summary>All up to the end of the script.</summary>
    /// <exception cref="JobFailure">The job failed, and the log or the message says why.</exception>
    public async Task RunScript(CancellationToken cancellationToken)
    {
        log.Line($"Running with berth-runner {RunnerInfo.OwnVersion}");
        log.Line($"  on {identity.Runner.Name} {identity.Runner.ShortToken}, system ID: {identity.SystemId}");
        await Prepare(cancellationToken);
        await GetSources(cancellationToken);
        await new LocalCache(Files(), Job, variables, log, paths, identity.Runner, Prepared.HasCache).Restore(cancellationToken);
        await new ArtifactDownloads(Files(), client, Job, variables, log).Run(cancellationToken);
        IsReady = true;
        foreach (var step in (Job.Steps ?? []).Where(step => step.Name != AfterScript))
            await RunStep(step, cancellationToken);
    }

    /// <param name="status">What CI_JOB_STATUS says.</param>
    public async Task RunAfterScript(string status, CancellationToken cancellationToken)
    {
        if (Job.Steps?.FirstOrDefault(step => step.Name == AfterScript) is not { Script.Count: > 0 } step)
            return;
        using var section = log.Begin(AfterScript, "Running after_script");
        log.Notice("Running after script...");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit("RUNNER_AFTER_SCRIPT_TIMEOUT") ?? AfterScriptTimeout);
        try
        {
            var exitCode = await Prepared.Build.Run(Script(step, status), log, limit.Token);
            if (exitCode != 0)
                log.Warning($"after_script failed, but job will continue unaffected: exit code {exitCode}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            log.Warning("after_script failed, but job will continue unaffected: context deadline exceeded");
        }
    }

    /// <summary>Cache and artifacts.</summary>
    public async Task KeepResults(bool isSuccess, CancellationToken cancellationToken)
    {
        await new LocalCache(Files(), Job, variables, log, paths, identity.Runner, Prepared.HasCache).Save(isSuccess, cancellationToken);
        await new ArtifactUploads(Files(), client, Job, variables, log, time).Run(isSuccess, cancellationToken);
    }

    /// <summary>Removes all that the job made on the engine.</summary>
    /// <returns>What could not be removed.</returns>
    public async Task<IReadOnlyList<string>> CleanUp(CancellationToken cancellationToken)
    {
        if (_engine is null)
            return [];
        if (_prepared is { } prepared && variables.All.Any(variable => variable.File))
        {
            try
            {
                await prepared.Helper.Run(_sources.CleanUp(), _ => { }, cancellationToken);
            }
            catch (Exception e) when (EngineMessage.IsOutage(e) || e is OperationCanceledException)
            {
                // The next job of the project removes them before anything else.
            }
        }
        return await Leftovers.RemoveJob(_engine, identity, cancellationToken);
    }

    public void Dispose() => _engine?.Dispose();

    private async Task Prepare(CancellationToken cancellationToken)
    {
        using var section = log.Begin("prepare_executor", "Preparing the \"docker\" executor");
        _engine = EngineConnection.Open(identity.Runner.Docker);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                _prepared = await new JobPreparation(_engine, identity, paths, variables, log, time).Run(_sources.Strategy, cancellationToken);
                return;
            }
            catch (Exception e) when (EngineMessage.IsOutage(e) && attempt < PrepareAttempts && !cancellationToken.IsCancellationRequested)
            {
                log.Error($"Preparation failed: {EngineMessage.Of(e)}");
                log.Line($"Will be retried in {PreparePause.TotalSeconds:0}s ...");
                await Leftovers.RemoveJob(_engine, identity, cancellationToken);
                await Task.Delay(PreparePause, time, cancellationToken);
            }
        }
    }

    private async Task GetSources(CancellationToken cancellationToken)
    {
        using (log.Begin("prepare_script", "Preparing environment"))
            log.Trace.Write($"Running on {identity.Hostname} via {Environment.MachineName}...\n");
        using var section = log.Begin("get_sources", "Getting source from Git repository");
        var script = _sources.ToString();
        for (var attempt = 1; ; attempt++)
        {
            var exitCode = await Prepared.Helper.Run(script, log.Trace.Write, cancellationToken);
            if (exitCode == 0)
                return;
            if (attempt == _sources.Attempts)
                throw new JobFailure($"exit code {exitCode}", FailureReasons.System, exitCode);
            log.Line("Retrying...");
        }
    }

    private async Task RunStep(JobStep step, CancellationToken cancellationToken)
    {
        using var section = log.Begin($"step_{step.Name}", $"Executing \"step_{step.Name}\" stage of the job script");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var scriptTimeout = Limit("RUNNER_SCRIPT_TIMEOUT");
        if (scriptTimeout is { } time)
            limit.CancelAfter(time);
        int exitCode;
        try
        {
            log.Line($"Using docker image {Prepared.Image.ID} for {Prepared.ImageName} ...");
            exitCode = await Prepared.Build.Run(Script(step, "running"), log, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new JobFailure($"execution took longer than {GoDuration.Text(scriptTimeout!.Value)} seconds", FailureReasons.Timeout);
        }
        if (exitCode == 0)
            return;
        const int Killed = 137;
        if (exitCode == Killed && await Prepared.Build.RanOutOfMemory(cancellationToken))
            log.Warning("The job's container was killed because it ran out of memory.");
        throw JobFailure.Script(exitCode);
    }

    private string Script(JobStep step, string status) => StepScript.Of(step, variables, paths, identity.Runner, status, debugTrace);

    private TimeSpan? Limit(string variable) => variables[variable] is { Length: > 0 } text ? ConfigSize.Duration(text) : null;

    private WorkspaceFiles Files() => new(_engine!, Prepared.Helper, paths);
}
