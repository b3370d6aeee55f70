namespace Berth.Runner.Coordinator;

/// <summary>The body of <c>PUT /jobs/:id</c>. The checksum and size are over the masked bytes of the log as sent.</summary>
internal sealed record JobUpdate(RunnerInfo Info, string Token, string State)
{
    public string? FailureReason { get; init; }

    public string? Checksum { get; init; }

    public JobOutput? Output { get; init; }

    public int? ExitCode { get; init; }
}

internal sealed record JobOutput(string Checksum, long Bytesize);

/// <summary>What an answer to PUT or PATCH asks for.</summary>
internal readonly record struct UpdateResult(UpdateOutcome Outcome)
{
    /// <summary>The whole job is to stop: it was cancelled, failed or is unknown.</summary>
    public bool Abort { get; init; }

    /// <summary>The script is to stop; after_script and the final state still count.</summary>
    public bool CancelGracefully { get; init; }

    /// <summary>When to send next; zero if the coordinator did not say.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>The bytes of log that the coordinator holds, with <see cref="UpdateOutcome.RangeMismatch"/>.</summary>
    public long Size { get; init; }
}

internal enum UpdateOutcome
{
    Accepted,

    /// <summary>202 to a final PUT: repeat it later.</summary>
    Pending,

    /// <summary>416: go on from what the coordinator holds.</summary>
    RangeMismatch,

    /// <summary>412: the log there is damaged; send it all again.</summary>
    TraceRejected,

    NotFound,

    Failed,
}
