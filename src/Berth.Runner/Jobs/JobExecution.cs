using Berth.Runner.Configuration;
using Berth.Runner.Coordinator;
using Berth.Runner.Dispatch;
using Berth.Runner.Engine;
using Berth.Runner.Trace;

namespace Berth.Runner.Jobs;

/// <summary>One job from its arrival to its final state: its log, its time, its end by cancel, timeout or shutdown, and its clean-up.</summary>
internal sealed class JobExecution(JobIdentity identity, JobClient client, RunnerLog processLog, TimeProvider time)
{
    /// <summary>gitlab-runner's, for a job that comes with none.</summary>
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromHours(2);

    /// <summary>A busy engine takes seconds to remove a container; one that never answers must not hold the job's place for long.</summary>
    private static readonly TimeSpan CleanUpLimit = TimeSpan.FromMinutes(2);

    /// <summary>
    /// From a stop to giving up on what does not heed it, as a TLS handshake that an engine never answers: the container has half a
    /// minute to end by itself.
    /// </summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(2);

    private Job Job => identity.Job;

    private RunnerEntry Runner => identity.Runner;

    private TimeSpan Timeout => Job.RunnerInfo is { Timeout: > 0 and var seconds } ? TimeSpan.FromSeconds(seconds) : DefaultTimeout;

    /// <param name="interrupted">The process ends: the job is stopped and reported as failed.</param>
    public async Task Run(CancellationToken interrupted)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        var paths = JobPaths.Of(Job, Runner);
        var variables = JobVariables.Of(Job, Runner, paths, OwnVariables.Of(identity, paths, Timeout));
        using var trace = new JobTrace(new SecretMask(Secrets(variables), Job.Features?.TokenMaskPrefixes ?? []), Runner.OutputLimit);
        var log = new JobLog(trace, time, Job.Features?.TraceSections ?? false);
        var debugTrace = variables.IsTrue("CI_DEBUG_TRACE") && !Runner.DebugTraceDisabled;
        await using var sender = new TraceSender(trace, client, Job, time, debugTrace);
        await sender.Start(interrupted);
        processLog.Info($"job {Job.Id} started: {Job.JobInfo?.Name} of project {Job.JobInfo?.ProjectId}");

        using var stages = new JobStages(identity, paths, variables, log, client, time, debugTrace);
        var result = await Run(stages, paths, sender, timeout.Token, interrupted);
        Conclude(log, result);
        trace.Complete();
        await Task.WhenAll(Report(sender, result, log.Times), CleanUp(stages));
    }

    private async Task<JobResult> Run(JobStages stages, JobPaths paths, TraceSender sender, CancellationToken timeout, CancellationToken interrupted)
    {
        using var hard = CancellationTokenSource.CreateLinkedTokenSource(sender.Aborted, timeout, interrupted);
        using var soft = CancellationTokenSource.CreateLinkedTokenSource(hard.Token, sender.Canceled);
        var result = await Try(soft.Token, stop => paths.Problem is { } problem
            ? throw new JobFailure(problem, FailureReasons.Configuration)
            : stages.RunScript(stop));
        if (stages.IsReady && !hard.IsCancellationRequested)
        {
            // after_script's own failure changes nothing, unless the job's time ran out in it.
            var after = await Try(hard.Token, stop => stages.RunAfterScript(result.Status, stop));
            if (hard.IsCancellationRequested)
                return after.Failure is null ? result : after;
            if (!result.IsCanceled)
                result = await Keep(stages, result, hard.Token);
        }
        return result;

        async Task<JobResult> Try(CancellationToken stop, Func<CancellationToken, Task> work)
        {
            try
            {
                using var abandoned = new CancellationTokenSource(System.Threading.Timeout.InfiniteTimeSpan, time);
                await using var stopping = stop.Register(() => abandoned.CancelAfter(StopLimit));
                await work(stop).WaitAsync(abandoned.Token);
                return JobResult.Success;
            }
            catch (JobFailure e)
            {
                return new JobResult(e);
            }
            catch (Exception e) when (soft.IsCancellationRequested || hard.IsCancellationRequested)
            {
                return Stopped(sender, timeout, interrupted) ?? new JobResult(JobFailure.System(EngineMessage.Of(e)));
            }
            catch (Exception e)
            {
                // Where it is not the engine it is a fault of this program, and only then is the stack of any use.
                processLog.Error($"job {Job.Id}: {(EngineMessage.IsOutage(e) || e is ConfigException ? EngineMessage.Of(e) : e)}");
                return new JobResult(JobFailure.System(EngineMessage.Of(e)));
            }
        }
    }

    /// <summary>Cache and artifacts; a script's failure counts before that of its artifacts.</summary>
    private static async Task<JobResult> Keep(JobStages stages, JobResult result, CancellationToken cancellationToken)
    {
        try
        {
            await stages.KeepResults(result.Failure is null, cancellationToken);
            return result;
        }
        catch (JobFailure e)
        {
            return result.Failure is null ? new JobResult(e) : result;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return result.Failure is null ? new JobResult(JobFailure.System(EngineMessage.Of(e))) : result;
        }
    }

    private JobResult? Stopped(TraceSender sender, CancellationToken timeout, CancellationToken interrupted)
    {
        if (sender.Aborted.IsCancellationRequested || sender.Canceled.IsCancellationRequested && !timeout.IsCancellationRequested)
            return new JobResult(new JobFailure("canceled", FailureReasons.Canceled), IsCanceled: true);
        if (timeout.IsCancellationRequested)
            return new JobResult(new JobFailure($"execution took longer than {GoDuration.Text(Timeout)} seconds", FailureReasons.Timeout));
        return interrupted.IsCancellationRequested ? new JobResult(new JobFailure("aborted: terminated", FailureReasons.Interrupted)) : null;
    }

    private static void Conclude(JobLog log, JobResult result)
    {
        switch (result.Failure)
        {
            case null:
                log.Notice("Job succeeded");
                break;
            case { Reason: FailureReasons.System or FailureReasons.Interrupted } failure:
                log.Error($"Job failed (system failure): {failure.Message}");
                break;
            case var failure:
                log.Error($"Job failed: {failure.Message}");
                break;
        }
    }

    private async Task Report(TraceSender sender, JobResult result, JobTimes times)
    {
        var reason = result.Failure is { } failure ? FailureReasons.For(failure.Reason, Job.Features?.FailureReasons) : null;
        // Not cancelled: a job that ended is reported even while the process ends, which waits only so long for it.
        var isReported = await sender.Finish(result.State, reason, result.Failure?.ExitCode ?? 0, Runner.FinalUpdateRetryLimit, CancellationToken.None);
        var how = result.Failure is null ? "succeeded" : $"failed ({result.Failure.Reason}): {result.Failure.Message}";
        processLog.Info($"job {Job.Id} {how}; took {times}");
        if (!isReported && !sender.Aborted.IsCancellationRequested)
            processLog.Error($"job {Job.Id}: the coordinator did not take its final state");
    }

    private async Task CleanUp(JobStages stages)
    {
        using var limit = new CancellationTokenSource(CleanUpLimit, time);
        foreach (var failure in await stages.CleanUp(limit.Token))
            processLog.Warn($"job {Job.Id}: clean-up: {failure}");
    }

    private IEnumerable<string> Secrets(JobVariables variables) => variables.Secrets
        .Append(Job.Token)
        .Append(Runner.Token)
        .Concat((Job.Credentials ?? []).Select(credentials => credentials.Password ?? ""))
        .Concat((Job.Dependencies ?? []).Select(dependency => dependency.Token ?? ""));
}
