using Docker.DotNet.Models;

namespace Berth.Runner.Engine;

/// <summary>A service of a job: what it is made of, and once it is started, which container and ports it has.</summary>
internal sealed record ServiceContainer(string Image, IReadOnlyList<string> Aliases)
{
    /// <summary>How many ports of a service are probed, the lowest ones, as gitlab-runner does.</summary>
    private const int MostPorts = 20;

    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    public IReadOnlyList<string> Command { get; init; } = [];

    public IReadOnlyList<string> Environment { get; init; } = [];

    public IReadOnlyList<string>? PullPolicy { get; init; }

    public string User { get; init; } = "";

    public string Platform { get; init; } = "";

    /// <summary>The one port to probe; 0 probes what the image exposes.</summary>
    public int HealthPort { get; init; }

    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>Where the helper reaches it.</summary>
    public string Host { get; init; } = "";

    public IReadOnlyList<int> Ports { get; init; } = [];

    /// <summary>TCP ports that the image exposes.</summary>
    public static IReadOnlyList<int> Exposed(ImageInspectResponse image) =>
    [
        .. (image.Config?.ExposedPorts?.Keys ?? Enumerable.Empty<string>())
            .Select(port => port.Split('/'))
            .Where(port => port.Length == 1 || port[1] == "tcp")
            .Select(port => int.TryParse(port[0], out var number) ? number : 0)
            .Where(port => port > 0)
            .Order()
            .Take(MostPorts),
    ];
}
