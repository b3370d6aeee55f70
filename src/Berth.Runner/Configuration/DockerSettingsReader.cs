namespace Berth.Runner.Configuration;

/// <summary>Reads <c>[runners.docker]</c>.</summary>
internal static class DockerSettingsReader
{
    private static readonly string[] Policies = ["always", "if-not-present", "never"];

    public static DockerSettings Read(ConfigSection section)
    {
        var settings = new DockerSettings
        {
            Image = section.Text("image"),
            Host = section.Text("host"),
            TlsVerify = section.Flag("tls_verify"),
            TlsCertPath = section.Text("tls_cert_path"),
            HelperImage = section.Text("helper_image"),
            Privileged = section.Flag("privileged"),
            ServicesPrivileged = section.OptionalFlag("services_privileged"),
            AllowedPrivilegedImages = section.List("allowed_privileged_images"),
            AllowedPrivilegedServices = section.List("allowed_privileged_services"),
            Volumes = section.List("volumes"),
            VolumesFrom = section.List("volumes_from"),
            VolumeDriver = section.Text("volume_driver"),
            VolumeDriverOptions = section.Map("volume_driver_ops"),
            DisableCache = section.Flag("disable_cache"),
            CacheDirectory = section.Text("cache_dir").TrimEnd('/'),
            PullPolicies = PullPolicies(section, "pull_policy"),
            AllowedPullPolicies = PullPolicies(section, "allowed_pull_policies"),
            AllowedImages = section.List("allowed_images"),
            AllowedServices = section.List("allowed_services"),
            WaitForServicesTimeout = (int)section.Number("wait_for_services_timeout") is not 0 and var wait ? wait : 30,
            ServicesLimit = (int)section.Number("services_limit", -1),
            Services = [.. section.Sections("services").Select(Service)],
            NetworkMode = section.Text("network_mode"),
            NetworkMtu = (int)section.Number("network_mtu"),
            EnableIpv6 = section.Flag("enable_ipv6"),
            ExtraHosts = section.List("extra_hosts"),
            Dns = section.List("dns"),
            DnsSearch = section.List("dns_search"),
            Links = section.List("links"),
            Hostname = section.Text("hostname"),
            MacAddress = section.Text("mac_address"),
            Build = Limits(section, ""),
            Service = Limits(section, "service_"),
            ShmSize = section.Number("shm_size"),
            Tmpfs = section.Map("tmpfs"),
            ServicesTmpfs = section.Map("services_tmpfs"),
            Ulimits = section.Map("ulimit"),
            Sysctls = section.Map("sysctls"),
            LogOptions = section.Map("log_options"),
            OomKillDisable = section.Flag("oom_kill_disable"),
            OomScoreAdjust = (int)section.Number("oom_score_adjust"),
            User = section.Text("user"),
            AllowedUsers = section.List("allowed_users"),
            GroupAdd = section.List("group_add"),
            UsernsMode = section.Text("userns_mode"),
            Runtime = section.Text("runtime"),
            PidMode = section.Text("pid_mode"),
            IpcMode = section.Text("ipcmode"),
            Isolation = section.Text("isolation"),
            CapAdd = section.List("cap_add"),
            CapDrop = section.List("cap_drop"),
            SecurityOptions = section.List("security_opt"),
            ServicesSecurityOptions = section.List("services_security_opt"),
            Devices = section.List("devices"),
            DeviceCgroupRules = section.List("device_cgroup_rules"),
            Gpus = section.Text("gpus"),
            ServiceGpus = section.Text("service_gpus"),
            DisableEntrypointOverwrite = section.Flag("disable_entrypoint_overwrite"),
            ContainerLabels = section.Map("container_labels"),
        };
        section.NoEffect("helper_image names the image itself", "helper_image_flavor", "helper_image_autoset_arch_and_os");
        section.NoEffect("only volumes of jobs with disable_cache are removed", "volume_keep");
        section.NoEffect("services get the devices of a privileged container, or none", "services_devices");
        section.Finish();
        return settings;
    }

    private static IReadOnlyList<string> PullPolicies(ConfigSection section, string key)
    {
        var policies = section.List(key);
        return policies.All(Policies.Contains) ? policies : throw section.Wrong(key, $"must be of {string.Join(", ", Policies)}");
    }

    private static ContainerLimits Limits(ConfigSection section, string prefix) => new()
    {
        Memory = Bytes(section, prefix + "memory"),
        MemorySwap = Bytes(section, prefix + "memory_swap"),
        MemoryReservation = Bytes(section, prefix + "memory_reservation"),
        NanoCpus = Cpus(section, prefix + "cpus"),
        CpuShares = section.Number(prefix + "cpu_shares"),
        CpusetCpus = section.Text(prefix + "cpuset_cpus"),
        CgroupParent = section.Text(prefix + "cgroup_parent"),
    };

    private static long Bytes(ConfigSection section, string key)
    {
        var text = section.Text(key);
        return text.Length == 0 ? 0 : ConfigSize.Bytes(text) ?? throw section.Wrong(key, $"must be a size, as in {key} = \"512m\"");
    }

    private static long Cpus(ConfigSection section, string key)
    {
        var text = section.Text(key);
        return text.Length == 0 ? 0 : ConfigSize.NanoCpus(text) ?? throw section.Wrong(key, $"must be a number in quotes, as in {key} = \"1.5\"");
    }

    private static ServiceSettings Service(ConfigSection section)
    {
        var service = new ServiceSettings(
            section.Text("name"), section.Text("alias"), section.List("entrypoint"), section.List("command"), section.List("environment"));
        if (service.Name.Length == 0)
            throw section.Wrong("name", "is missing: it is the image of the service");
        section.Finish();
        return service;
    }
}
