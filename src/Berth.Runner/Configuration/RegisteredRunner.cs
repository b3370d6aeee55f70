namespace Berth.Runner.Configuration;

/// <summary>What <c>register</c> writes into config.toml.</summary>
internal sealed record RegisteredRunner(string Name, string Url, long Id, string Token, DateTimeOffset? TokenExpiresAt)
{
    public string CaFile { get; init; } = "";

    public string Image { get; init; } = "";

    public string HelperImage { get; init; } = "";

    public string Host { get; init; } = "";

    public bool Privileged { get; init; }

    public IReadOnlyList<string> Volumes { get; init; } = [];

    public IReadOnlyList<string> PullPolicies { get; init; } = [];
}
