namespace Berth.Server.Ci;

/// <summary>The right to report on one job. Only <see cref="JobTokens.Authenticate"/> makes it, from the job's token.</summary>
internal sealed class JobAccess
{
    private JobAccess(JobRow job) => Job = job;

    /// <summary>The job as it was when the request came.</summary>
    public JobRow Job { get; }

    public static JobAccess Grant(JobRow job) => new(job);
}
