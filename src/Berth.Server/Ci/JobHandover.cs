using Berth.Pipelines;
using Berth.Server.Access.Accounts;
using Berth.Server.Access.Places;
using Berth.Server.Access.Tokens;
using Berth.Server.Configuration;
using Berth.Server.Database;
using Berth.Server.Git;

namespace Berth.Server.Ci;

/// <summary>Takes a job off the queue for a runner and makes its payload. A job whose payload cannot be made fails, and the next one is tried.</summary>
internal sealed class JobHandover(
    JobQueue queue, Jobs jobs, Artifacts artifacts, CiVariables variables, DeployTokens deployTokens, MetadataDatabase database, BerthSettings settings, ILogger<JobHandover> log)
{
    /// <summary>The payload of the job that the runner is to run now; null if there is none for it.</summary>
    public async Task<object?> Next(RunnerAccess runner, RunnerReport report, CancellationToken cancellationToken)
    {
        while (await queue.Take(runner, report, cancellationToken) is { } taken)
        {
            try
            {
                var context = await ReadContext(taken, runner.Row);
                if (context.User.State != 1)
                {
                    await jobs.Drop(taken.Job.Id, FailureReason.UserBlocked);
                    continue;
                }
                if (await Dependencies(taken.Job) is not { } dependencies)
                {
                    await jobs.Drop(taken.Job.Id, FailureReason.MissingDependency);
                    continue;
                }
                log.JobStarted(taken.Job.Id, taken.Job.ProjectId, runner.Row.Id);
                return JobPayload.Of(settings, context, dependencies);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.PayloadNotMade(taken.Job.Id, failure);
                await jobs.Drop(taken.Job.Id, FailureReason.DataIntegrity);
            }
        }
        return null;
    }

    /// <summary>Not cancelled: the job is the runner's from here on, whether or not it still listens.</summary>
    private async Task<JobContext> ReadContext(TakenJob taken, RunnerRow runner)
    {
        var job = taken.Job;
        PipelineRow pipeline;
        ProjectRow project;
        UserRow user;
        string? defaultBranch;
        await using (var connection = await database.OpenRead(CancellationToken.None))
        {
            pipeline = (await connection.QueryFirstOrDefault<PipelineRow>(PipelineQueries.ById, new { id = job.PipelineId }, CancellationToken.None))!;
            project = (await connection.QueryFirstOrDefault<ProjectRow>(ProjectQueries.ProjectById, new { id = job.ProjectId }, CancellationToken.None))!;
            user = (await connection.QueryFirstOrDefault<UserRow>(UserQueries.ById, new { id = job.UserId }, CancellationToken.None))!;
            defaultBranch = await connection.QueryFirstOrDefault<string>(GitQueries.DefaultBranch, new { projectId = job.ProjectId }, CancellationToken.None);
        }
        return new JobContext(job, taken.Token, pipeline, project, defaultBranch, user, runner,
            await variables.ForRef(job.ProjectId, pipeline.RefProtected != 0, CancellationToken.None), await deployTokens.OfJobs(job.ProjectId, CancellationToken.None));
    }

    /// <summary>The archives that the job gets: of the jobs it names, or of all before it. Null if a named one has expired or was never made.</summary>
    private async Task<IReadOnlyList<(JobRow Job, ArtifactRow Artifact)>?> Dependencies(JobRow job)
    {
        var plan = job.Plan();
        var archives = (await artifacts.OfPipeline(job.PipelineId, CancellationToken.None)).ToDictionary(archive => archive.JobId);
        var all = (await jobs.OfPipeline(job.PipelineId, CancellationToken.None)).FindAll(other => other.Retried == 0);
        var needed = plan.Needs?.Where(need => need.Artifacts).Select(need => need.Job).ToHashSet(StringComparer.Ordinal);
        var before = all.Where(other => plan.Dependencies?.Contains(other.Name) ?? needed?.Contains(other.Name) ?? other.StageIndex < job.StageIndex).ToList();
        var isMissing = before.Exists(other => plan.Dependencies is not null && other.State == JobStatus.Success && other.Plan().Artifacts is not null && !archives.ContainsKey(other.Id));
        return isMissing ? null : [.. before.Where(other => archives.ContainsKey(other.Id)).Select(other => (other, archives[other.Id]))];
    }
}
