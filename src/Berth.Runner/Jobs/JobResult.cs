using Berth.Runner.Engine;

namespace Berth.Runner.Jobs;

/// <summary>How a job ended.</summary>
/// <param name="Failure">Null for success.</param>
/// <param name="IsCanceled">Stopped on the coordinator's wish.</param>
internal sealed record JobResult(JobFailure? Failure, bool IsCanceled = false)
{
    public static JobResult Success { get; } = new((JobFailure?)null);

    public string State => Failure is null ? "success" : "failed";

    /// <summary>What CI_JOB_STATUS says in after_script.</summary>
    public string Status => IsCanceled ? "canceled" : State;
}
