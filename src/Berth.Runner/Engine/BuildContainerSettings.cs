namespace Berth.Runner.Engine;

/// <summary>What a job says of its container.</summary>
internal sealed record BuildContainerSettings(string Image, IReadOnlyList<string> Entrypoint, IReadOnlyList<string> Environment)
{
    public string User { get; init; } = "";

    public string Platform { get; init; } = "";
}
