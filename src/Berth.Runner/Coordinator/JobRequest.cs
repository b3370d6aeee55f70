namespace Berth.Runner.Coordinator;

/// <summary>The body of <c>POST /jobs/request</c>.</summary>
internal sealed record JobRequest(RunnerInfo Info, string Token, string SystemId, string? LastUpdate);

/// <summary>How a request for a job ended; <see cref="LastUpdate"/> is the coordinator's queue value for the next request.</summary>
internal sealed record JobRequestResult(JobRequestOutcome Outcome, Job? Job, string? LastUpdate);

internal enum JobRequestOutcome
{
    Assigned,

    /// <summary>There is none, or another runner was faster.</summary>
    None,

    /// <summary>The token is unknown or removed.</summary>
    Forbidden,

    /// <summary>The coordinator can't be reached or answers nonsense.</summary>
    Failed,
}
