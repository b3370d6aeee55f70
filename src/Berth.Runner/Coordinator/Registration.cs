namespace Berth.Runner.Coordinator;

/// <summary>The body of <c>POST /runners</c>, with a registration token.</summary>
internal sealed record Registration(string Token, RunnerInfo Info)
{
    public string? Description { get; init; }

    public string? MaintenanceNote { get; init; }

    /// <summary>Separated by commas.</summary>
    public string? TagList { get; init; }

    public bool RunUntagged { get; init; }

    public bool Locked { get; init; }

    public string? AccessLevel { get; init; }

    public int? MaximumTimeout { get; init; }

    public bool Paused { get; init; }
}

internal sealed record RegistrationReply(long Id, string? Token, DateTimeOffset? TokenExpiresAt);

/// <summary>The body of the other calls about a runner itself.</summary>
internal sealed record RunnerIdentity(string Token, string? SystemId, RunnerInfo? Info = null);
