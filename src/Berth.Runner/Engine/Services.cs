using Berth.Runner.Configuration;
using Berth.Runner.Trace;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Berth.Runner.Engine;

/// <summary>Starts a job's services, one after the other, and waits until their ports answer.</summary>
internal sealed class Services(DockerClient engine, DockerSettings settings, ImagePuller images, JobNetwork network, JobLog log)
{
    private readonly List<ServiceContainer> _started = [];
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    public IReadOnlyList<ServiceContainer> Started => _started;

    /// <summary>Names and addresses for the build's hosts file, where the network knows no aliases.</summary>
    public IEnumerable<string> ExtraHosts => network.HasAliases || network.Mode is "host" or "none"
        ? [] : _started.SelectMany(service => service.Aliases.Select(alias => $"{alias}:{service.Host}"));

    public async Task Start(ServiceContainer service, ContainerSpecs specs, CancellationToken cancellationToken)
    {
        if (!Glob.Allows(settings.AllowedServices, service.Image))
            throw new JobFailure($"The \"{service.Image}\" service is not present on list of allowed services:\n- {string.Join("\n- ", settings.AllowedServices)}", FailureReasons.Configuration);
        foreach (var alias in service.Aliases.Where(_taken.Contains))
            log.Warning($"Service {service.Image}: the name {alias} is taken by another service already.");
        service = service with { Aliases = [.. service.Aliases.Where(_taken.Add)] };
        if (service.Aliases.Count == 0)
        {
            log.Warning($"Service {service.Image} is already created. Ignoring.");
            return;
        }
        log.Line($"Starting service {service.Image} ...");
        var image = await images.Get(service.Image, service.PullPolicy, service.Platform, cancellationToken);
        using var counting = log.Times.Begin(TimeUse.Services);
        var parameters = specs.Service(image.ID, _started.Count, service);
        var created = await engine.Containers.CreateContainerAsync(parameters, cancellationToken);
        await engine.Containers.StartContainerAsync(created.ID, new ContainerStartParameters(), cancellationToken);
        _started.Add(service with
        {
            Id = created.ID,
            Name = parameters.Name!,
            Host = network.HasAliases ? created.ID[..12] : await Address(created.ID, cancellationToken),
            Ports = service.HealthPort > 0 ? [service.HealthPort] : ServiceContainer.Exposed(image),
        });
    }

    /// <summary>Waits until each service answers on one of its ports; warns of those that do not, with their log, and goes on.</summary>
    public async Task Wait(HelperContainer helper, CancellationToken cancellationToken)
    {
        var probed = _started.Where(service => service.Ports.Count > 0).ToList();
        if (settings.WaitForServicesTimeout < 0 || probed.Count == 0)
            return;
        log.Line($"Waiting for services to be up and running (timeout {settings.WaitForServicesTimeout} seconds)...");
        using var counting = log.Times.Begin(TimeUse.Services);
        var health = new ServiceHealth(engine, probed);
        foreach (var (service, error) in await health.Wait(helper, TimeSpan.FromSeconds(settings.WaitForServicesTimeout), cancellationToken))
            await Warn(service, error, cancellationToken);
    }

    private async Task Warn(ServiceContainer service, string error, CancellationToken cancellationToken)
    {
        log.Trace.Write($"\n\e[0;33m*** WARNING:\e[0;m Service {service.Name} probably didn't start properly.\n\nHealth check error:\n{error}\n\nService container logs:\n");
        using (var output = await engine.Containers.GetContainerLogsAsync(
            service.Id, new ContainerLogsParameters { ShowStdout = true, ShowStderr = true, Timestamps = true, Tail = "1000" }, cancellationToken))
        {
            await AttachedStreams.ReadToEnd(output, log.Trace.Write, cancellationToken);
        }
        log.Trace.Write("\n\e[0;33m*********\e[0;m\n\n");
    }

    private async Task<string> Address(string id, CancellationToken cancellationToken)
    {
        if (network.Mode == "host")
            return "127.0.0.1";
        var container = await engine.Containers.InspectContainerAsync(id, cancellationToken);
        return (container.NetworkSettings?.Networks?.Values ?? []).Select(endpoint => endpoint.IPAddress).FirstOrDefault(address => address.Length > 0) ?? "";
    }
}
