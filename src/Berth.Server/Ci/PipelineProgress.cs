using Berth.Pipelines;
using Berth.Server.Access.Login;
using Berth.Server.Database;

namespace Berth.Server.Ci;

/// <summary>
/// Moves a pipeline on after anything happened to one of its jobs: in the transaction of that change, under the pipeline's row as lock.
/// The rules themselves are <see cref="Gating"/>.
/// </summary>
internal static class PipelineProgress
{
    /// <summary>Jobs that may go on become pending (or manual, or skipped), and the pipeline gets the status that its jobs amount to.</summary>
    public static void Advance(WriteTransaction transaction, long pipelineId, long now)
    {
        transaction.QueryForUpdate<long>(PipelineQueries.Lock, new { pipeline = pipelineId });
        var jobs = transaction.Query<JobRow>(JobQueries.OfPipeline, new { pipeline = pipelineId }).FindAll(job => job.Retried == 0);
        var states = jobs.ToDictionary(job => job.Name, job => job.State);
        var becamePending = false;
        foreach (var (name, to) in Gating.Advance([.. jobs.Select(job => ToGated(job, job.State))]))
        {
            transaction.Execute(JobQueries.SetStatus, new { id = jobs.Find(job => job.Name == name)!.Id, status = to.Word(), now });
            states[name] = to;
            becamePending |= to == JobStatus.Pending;
        }
        if (becamePending)
            transaction.Execute(JobQueries.RaiseQueueVersion);
        SetStatus(transaction, pipelineId, Gating.Composite(jobs.Select(job => ToGated(job, states[job.Name]))), now);
    }

    private static void SetStatus(WriteTransaction transaction, long pipelineId, PipelineStatus status, long now) => transaction.Execute(PipelineQueries.SetStatus, new
    {
        pipeline = pipelineId,
        status = status.Word(),
        started = status == PipelineStatus.Running ? now : (long?)null,
        finished = status.IsFinished() ? now : (long?)null,
    });

    private static GatedJob ToGated(JobRow job, JobStatus state)
    {
        var plan = job.Plan();
        return new GatedJob(job.Name, (int)job.StageIndex, state, plan.When, job.AllowFailure != 0, plan.Needs?.Select(need => need.Job).ToList());
    }
}
