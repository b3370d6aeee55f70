namespace Berth.Runner.Configuration;

/// <summary>
/// Reads gitlab-runner's config.toml. Every key of its documentation is honoured or named in a warning; each key is named here or in
/// <see cref="DockerSettingsReader"/> once, by being read.
/// </summary>
internal static class ConfigReader
{
    private const string OwnVersion = "berth-runner has no such part";

    private static readonly TimeSpan DefaultCheckInterval = TimeSpan.FromSeconds(3);

    /// <param name="text">The file's content.</param>
    /// <param name="file">Its name in messages.</param>
    /// <exception cref="ConfigException">It can't be used.</exception>
    public static RunnerConfig Read(string text, string file)
    {
        var document = ConfigDocument.Parse(text, file);
        var warnings = new List<string>();
        var root = new ConfigSection(document, document.Root, "", warnings);
        var config = new RunnerConfig
        {
            Concurrent = Concurrent(root),
            CheckInterval = root.Number("check_interval") is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : DefaultCheckInterval,
            LogLevel = Level(root),
            LogFormat = Format(root),
            ShutdownTimeout = TimeSpan.FromSeconds(root.Number("shutdown_timeout") is > 0 and var timeout ? timeout : 30),
            Runners = [.. root.Sections("runners").Select(Entry)],
            Warnings = warnings,
        };
        root.NoEffect(OwnVersion, "listen_address", "metrics_server", "sentry_dsn", "session_server");
        root.NoEffect("connections are closed when they rest", "connection_max_age");
        root.NoEffect("jobs run in containers; the process runs as who starts it", "user");
        root.NoEffect(OwnVersion, "experimental", "machine");
        root.Finish();
        return config;
    }

    private static int Concurrent(ConfigSection root)
    {
        var concurrent = root.Number("concurrent", 1);
        return concurrent is > 0 and <= 1000 ? (int)concurrent : throw root.Wrong("concurrent", "must be from 1 to 1000");
    }

    private static LogLevel Level(ConfigSection root) => root.Text("log_level", "info") switch
    {
        "debug" or "trace" => LogLevel.Debug,
        "info" or "" => LogLevel.Info,
        "warn" or "warning" => LogLevel.Warn,
        "error" or "fatal" or "panic" => LogLevel.Error,
        _ => throw root.Wrong("log_level", "must be debug, info, warn or error"),
    };

    private static LogFormat Format(ConfigSection root) => root.Text("log_format", "runner") switch
    {
        "runner" or "text" or "" => LogFormat.Text,
        "json" => LogFormat.Json,
        _ => throw root.Wrong("log_format", "must be runner, text or json"),
    };

    private static RunnerEntry Entry(ConfigSection section)
    {
        if (section.Text("executor", "docker") is not "docker" and var executor)
            throw section.Wrong("executor", $"is {executor}; berth-runner has the executor docker only");
        var docker = section.Section("docker");
        var entry = new RunnerEntry
        {
            Name = section.Text("name"),
            Url = Url(section),
            Token = section.Text("token") is { Length: > 0 } token ? token : throw section.Wrong("token", "is missing; berth-runner register writes it"),
            Id = section.Number("id"),
            Limit = (int)section.Number("limit"),
            RequestConcurrency = (int)Math.Max(1, section.Number("request_concurrency", 1)),
            StrictCheckInterval = section.Flag("strict_check_interval"),
            CaFile = section.Text("tls-ca-file"),
            CertFile = section.Text("tls-cert-file"),
            KeyFile = section.Text("tls-key-file"),
            Environment = section.List("environment"),
            BuildsDirectory = Directory(section, "builds_dir", "/builds"),
            CacheDirectory = Directory(section, "cache_dir", "/cache"),
            CloneUrl = section.Text("clone_url"),
            OutputLimit = (section.Number("output_limit") is > 0 and var limit ? limit : 4096) * 1024,
            PreGetSourcesScript = section.Text("pre_get_sources_script", section.Text("pre_clone_script")),
            PostGetSourcesScript = section.Text("post_get_sources_script", section.Text("post_clone_script")),
            PreBuildScript = section.Text("pre_build_script"),
            PostBuildScript = section.Text("post_build_script"),
            DebugTraceDisabled = section.Flag("debug_trace_disabled"),
            CleanGitConfig = section.Flag("clean_git_config", true),
            SafeDirectoryCheckout = section.Flag("safe_directory_checkout", true),
            UnhealthyRequestsLimit = section.Number("unhealthy_requests_limit") is > 0 and var refusals ? (int)refusals : 3,
            UnhealthyInterval = Duration(section, "unhealthy_interval", TimeSpan.FromMinutes(60)),
            FinalUpdateRetryLimit = section.Number("job_status_final_update_retry_limit") is > 0 and var tries ? (int)tries : 10,
            CustomBuildDirectory = CustomBuildDirectory(section),
            FeatureFlags = section.Map("feature_flags"),
            Docker = DockerSettingsReader.Read(docker),
        };
        Cache(section.Section("cache"));
        Leave(section);
        return entry;
    }

    /// <summary>Keys that are written by others, and those of executors and parts that are not here.</summary>
    private static void Leave(ConfigSection section)
    {
        // Facts that register notes for people; zero dates among them.
        foreach (var key in (string[])["token_obtained_at", "token_expires_at", "labels"])
            section.Ignore(key);
        if (section.Text("shell", "bash") is not ("bash" or "sh") and var shell)
            section.Warn("shell", $"shell {shell} has no effect in berth-runner: scripts run in the image's bash, else its sh");
        section.NoEffect("a job's own timeout covers its preparation", "prepare_timeout");
        section.NoEffect("the executor is docker", "ssh", "parallels", "virtualbox", "kubernetes", "machine", "custom", "instance", "autoscaler");
        section.NoEffect(OwnVersion, "referees", "monitoring", "store", "job_router");
        section.Finish();
    }

    private static bool CustomBuildDirectory(ConfigSection section)
    {
        var custom = section.Section("custom_build_dir");
        var enabled = custom.Flag("enabled");
        custom.Finish();
        return enabled;
    }

    /// <summary>Empty <c>[runners.cache.s3]</c> and <c>[runners.cache.gcs]</c>, as in GitLab's examples, mean the local cache.</summary>
    private static void Cache(ConfigSection cache)
    {
        if (cache.Text("Type") is { Length: > 0 } type)
            cache.Warn("Type", $"cache type {type} has no effect in berth-runner: the cache is kept in the volume at cache_dir");
        cache.NoEffect("the cache is kept in the volume at cache_dir", "Path", "Shared", "MaxUploadedArchiveSize", "s3", "gcs", "azure");
        cache.Finish();
    }

    private static string Url(ConfigSection section)
    {
        var url = section.Text("url").TrimEnd('/');
        if (url.EndsWith("/ci", StringComparison.Ordinal))
            url = url[..^3].TrimEnd('/');
        return Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https"
            ? url : throw section.Wrong("url", "must be an http or https address, as in url = \"https://berth.example.com\"");
    }

    private static string Directory(ConfigSection section, string key, string otherwise)
    {
        var directory = section.Text(key).TrimEnd('/');
        if (directory.Length == 0)
            return otherwise;
        return directory.StartsWith('/') ? directory : throw section.Wrong(key, "must be a path from / on");
    }

    private static TimeSpan Duration(ConfigSection section, string key, TimeSpan otherwise)
    {
        var text = section.Text(key);
        return text.Length == 0 ? otherwise : ConfigSize.Duration(text) ?? throw section.Wrong(key, "must be a duration, as in 1h30m");
    }
}
