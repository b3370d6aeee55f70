namespace Berth.Runner.Configuration;

/// <summary>A <c>[[runners.docker.services]]</c>: started beside every job of the runner.</summary>
internal sealed record ServiceSettings(
    string Name, string Alias, IReadOnlyList<string> Entrypoint, IReadOnlyList<string> Command, IReadOnlyList<string> Environment);
