using System.Globalization;
using Berth.Runner.Configuration;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Berth.Runner.Engine;

/// <summary>
/// The network of a job's containers: one of its own, where services are found by their aliases, or what <c>network_mode</c> names.
/// The engine's own networks (bridge, host, none) know no aliases; on bridge they are written into the hosts file of the build.
/// </summary>
internal sealed class JobNetwork
{
    private JobNetwork(string mode, bool hasAliases) => (Mode, HasAliases) = (mode, hasAliases);

    public string Mode { get; }

    public bool HasAliases { get; }

    public static async Task<JobNetwork> Create(DockerClient engine, DockerSettings settings, JobIdentity identity, CancellationToken cancellationToken)
    {
        if (settings.NetworkMode is { Length: > 0 } mode)
            return new JobNetwork(mode, mode is not ("bridge" or "default" or "host" or "none") && !mode.StartsWith("container:", StringComparison.Ordinal));
        var options = new Dictionary<string, string>();
        if (settings.NetworkMtu > 0)
            options["com.docker.network.driver.mtu"] = settings.NetworkMtu.ToString(CultureInfo.InvariantCulture);
        var created = await engine.Networks.CreateNetworkAsync(
            new NetworksCreateParameters
            {
                Name = $"{identity.UniqueName}-network",
                Driver = "bridge",
                EnableIPv6 = settings.EnableIpv6,
                Options = options,
                Labels = identity.Labels("network"),
            },
            cancellationToken);
        return new JobNetwork($"{identity.UniqueName}-network", hasAliases: true) { Id = created.ID };
    }

    /// <summary>The network that was made for the job; empty if there was one already.</summary>
    public string Id { get; private init; } = "";

    public NetworkingConfig Endpoint(IReadOnlyList<string> aliases, string macAddress = "") => !HasAliases ? null! : new NetworkingConfig
    {
        EndpointsConfig = new Dictionary<string, EndpointSettings>
        {
            [Mode] = new() { Aliases = [.. aliases], MacAddress = macAddress.Length > 0 ? macAddress : null! },
        },
    };
}
