using Berth.Runner.Configuration;
using Docker.DotNet.Models;

namespace Berth.Runner.Engine;

/// <summary>Turns <c>[runners.docker]</c> into what the Engine API takes, for each kind of container.</summary>
internal sealed class ContainerSpecs(DockerSettings settings, JobIdentity identity, IReadOnlyList<string> binds, JobNetwork network)
{
    /// <summary>Waits without doing anything, for commands to be run in it; ends when its input does, that is never.</summary>
    public CreateContainerParameters Helper(string image) => new()
    {
        Name = $"{identity.UniqueName}-predefined",
        Image = image,
        Hostname = identity.Hostname,
        User = "0",
        Entrypoint = ["sh", "-c", "read -r never"],
        OpenStdin = true,
        Labels = identity.Labels("helper"),
        HostConfig = Host(new HostConfig()),
        NetworkingConfig = network.Endpoint([]),
    };

    public CreateContainerParameters Service(string image, int index, ServiceContainer service)
    {
        var privileged = settings.ServicesPrivileged ?? settings.Privileged;
        var host = Host(new HostConfig
        {
            Privileged = privileged && Glob.Allows(settings.AllowedPrivilegedServices, service.Image),
            SecurityOpt = [.. settings.ServicesSecurityOptions],
            Tmpfs = settings.ServicesTmpfs.ToDictionary(),
            ShmSize = settings.ShmSize,
            DeviceRequests = Gpus(settings.ServiceGpus),
        });
        Limit(host, settings.Service);
        return new CreateContainerParameters
        {
            Name = $"{identity.UniqueName}-{ServiceNames.Slug(service.Image)}-{index}",
            Image = image,
            Env = [.. service.Environment],
            Entrypoint = service.Entrypoint.Count > 0 ? [.. service.Entrypoint] : null!,
            Cmd = service.Command.Count > 0 ? [.. service.Command] : null!,
            User = service.User.Length > 0 ? service.User : null!,
            Platform = service.Platform.Length > 0 ? service.Platform : null!,
            Labels = identity.Labels("service"),
            HostConfig = host,
            NetworkingConfig = network.Endpoint(service.Aliases),
        };
    }

    /// <param name="extraHosts">Services' names where the network has no aliases.</param>
    public CreateContainerParameters Build(string image, BuildContainerSettings build, IEnumerable<string> extraHosts)
    {
        var host = Host(new HostConfig
        {
            Privileged = settings.Privileged && Glob.Allows(settings.AllowedPrivilegedImages, build.Image),
            SecurityOpt = [.. settings.SecurityOptions],
            Tmpfs = settings.Tmpfs.ToDictionary(),
            Links = network.HasAliases && network.Id.Length > 0 ? null! : [.. settings.Links],
            ShmSize = settings.ShmSize,
            OomKillDisable = settings.OomKillDisable ? true : null!,
            OomScoreAdj = settings.OomScoreAdjust,
            GroupAdd = [.. settings.GroupAdd],
            PidMode = settings.PidMode,
            IpcMode = settings.IpcMode,
            CapAdd = [.. settings.CapAdd],
            CapDrop = [.. settings.CapDrop],
            Devices = [.. settings.Devices.Select(Device)],
            DeviceCgroupRules = [.. settings.DeviceCgroupRules],
            DeviceRequests = Gpus(settings.Gpus),
            Ulimits = [.. settings.Ulimits.Select(Ulimit)],
            Sysctls = settings.Sysctls.ToDictionary(),
        });
        host.ExtraHosts = [.. host.ExtraHosts, .. extraHosts];
        Limit(host, settings.Build);
        return new CreateContainerParameters
        {
            Name = $"{identity.UniqueName}-build",
            Image = image,
            Hostname = settings.Hostname.Length > 0 ? settings.Hostname : identity.Hostname,
            Env = [.. build.Environment],
            Entrypoint = build.Entrypoint.Count > 0 && !settings.DisableEntrypointOverwrite ? [.. build.Entrypoint] : null!,
            Cmd = ["sh", "-c", Jobs.Shell.Start],
            User = build.User.Length > 0 ? build.User : null!,
            Platform = build.Platform.Length > 0 ? build.Platform : null!,
            OpenStdin = true,
            StdinOnce = true,
            AttachStdin = true,
            AttachStdout = true,
            AttachStderr = true,
            Labels = identity.Labels("build"),
            HostConfig = host,
            NetworkingConfig = network.Endpoint(["build"], settings.MacAddress),
        };
    }

    private HostConfig Host(HostConfig host)
    {
        host.NetworkMode = network.Mode;
        host.Binds = [.. binds];
        host.VolumesFrom = [.. settings.VolumesFrom];
        host.DNS = [.. settings.Dns];
        host.DNSSearch = [.. settings.DnsSearch];
        host.ExtraHosts = [.. settings.ExtraHosts];
        host.UsernsMode = settings.UsernsMode;
        host.Runtime = settings.Runtime.Length > 0 ? settings.Runtime : null!;
        host.Isolation = settings.Isolation.Length > 0 ? settings.Isolation : null!;
        // The log of a service is read for its warning, and of no other container: the driver can be any that can be read.
        host.LogConfig = settings.LogOptions.Count > 0 ? new LogConfig { Type = "json-file", Config = settings.LogOptions.ToDictionary() } : null!;
        host.RestartPolicy = new RestartPolicy { Name = RestartPolicyKind.No };
        return host;
    }

    private static void Limit(HostConfig host, ContainerLimits limits)
    {
        host.Memory = limits.Memory;
        host.MemorySwap = limits.MemorySwap;
        host.MemoryReservation = limits.MemoryReservation;
        host.NanoCPUs = limits.NanoCpus;
        host.CPUShares = limits.CpuShares;
        host.CpusetCpus = limits.CpusetCpus;
        host.CgroupParent = limits.CgroupParent;
    }

    /// <summary><c>host[:container[:permissions]]</c>.</summary>
    private static DeviceMapping Device(string text)
    {
        var parts = text.Split(':');
        return new DeviceMapping
        {
            PathOnHost = parts[0],
            PathInContainer = parts.Length > 1 ? parts[1] : parts[0],
            CgroupPermissions = parts.Length > 2 ? parts[2] : "rwm",
        };
    }

    private static IList<DeviceRequest> Gpus(string gpus)
    {
        if (gpus.Length == 0)
            return null!;
        var request = new DeviceRequest { Capabilities = [["gpu"]] };
        if (gpus == "all")
            request.Count = -1;
        else if (int.TryParse(gpus, out var count))
            request.Count = count;
        else
            request.DeviceIDs = [.. gpus.Replace("device=", "", StringComparison.Ordinal).Trim('"', '\'').Split(',')];
        return [request];
    }

    /// <summary><c>soft[:hard]</c>.</summary>
    private static Ulimit Ulimit(KeyValuePair<string, string> limit)
    {
        var parts = limit.Value.Split(':');
        var isNumber = long.TryParse(parts[0], out var soft);
        var hard = soft;
        if (!isNumber || parts.Length > 1 && !long.TryParse(parts[1], out hard))
            throw new JobFailure($"ulimit {limit.Key} = {limit.Value} is no number", FailureReasons.Configuration);
        return new Ulimit { Name = limit.Key, Soft = soft, Hard = hard };
    }
}
