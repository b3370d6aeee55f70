using System.Net;

namespace Berth.Server.Configuration;

/// <summary>
/// Every setting of the server. Parsing, <c>--help</c>, <c>docs/berth.schema.json</c> and <c>docs/settings.md</c> all come
/// from here.
/// </summary>
internal static class SettingDefinitions
{
    /// <summary>Where the server listens while Tls is off. Registries stand on 5000; Berth stays clear of it, and of macOS' AirPlay there.</summary>
    public const string DefaultHttpUrl = "http://localhost:5050";

    /// <summary>Where it listens with Tls on and Urls not set.</summary>
    public const string DefaultHttpsUrl = "https://localhost:5050";

    public static readonly SettingDefinition<IReadOnlyList<Uri>> Urls = new("Urls", SettingKind.UrlList, SettingUrls.ParseListenUrls,
        "Addresses to listen on, several with `;`: `http` or `https`, `localhost`, an IP address or `*` (every address), and a port.")
    {
        DefaultWords = $"{DefaultHttpUrl} ({DefaultHttpsUrl} with Tls on)",
    };

    public static readonly SettingDefinition<TlsMode> Tls = new("Tls", SettingKind.Choice, SettingValues.ParseTlsMode,
        "`off` serves plain HTTP. `self-signed` makes a CA and a certificate for the external names in `tls/` of the data directory and " +
        "serves `/-/ca.pem`. `files` takes `Tls__Certificate` and `Tls__Key`, and reloads them when they change.")
    {
        Default = "off",
        Choices = ["off", "self-signed", "files"],
    };

    public static readonly SettingDefinition<string> TlsCertificate = new("Tls__Certificate", SettingKind.Path, SettingValues.ParsePath,
        "With Tls `files`: the PEM file of the server's certificate, followed by its intermediates.");

    public static readonly SettingDefinition<string> TlsKey = new("Tls__Key", SettingKind.Path, SettingValues.ParsePath,
        "With Tls `files`: the PEM file of the certificate's private key, not encrypted.");

    public static readonly SettingDefinition<string> DataDirectory = new("DataDirectory", SettingKind.Path, SettingValues.ParsePath,
        "The folder of everything that the embedded default keeps: database, blobs, keys. Made if it is not there. Nothing else need be writable.")
    {
        Default = "./data",
    };

    public static readonly SettingDefinition<Uri> ExternalUrl = new("ExternalUrl", SettingKind.Url, SettingUrls.ParseExternalUrl,
        "The address that people and clients use for pages, API and git: `http` or `https`, a host and perhaps a port, no path. " +
        "Has to be set when the server listens beyond loopback.")
    {
        DefaultWords = "first of Urls",
    };

    public static readonly SettingDefinition<Uri> RegistryExternalUrl = new("RegistryExternalUrl", SettingKind.Url,
        SettingUrls.ParseExternalUrl,
        "The address that image names begin with. A host or port of its own serves only `/v2`, `/jwt/auth` and health.")
    {
        DefaultWords = "ExternalUrl",
    };

    public static readonly SettingDefinition<IReadOnlyList<IPNetwork>> TrustedProxies = new("TrustedProxies", SettingKind.NetworkList,
        SettingValues.ParseNetworks,
        "Networks (`10.0.0.0/8`) or single addresses, several with `;` or `,`, of the proxies whose `X-Forwarded-For` and " +
        "`X-Forwarded-Proto` count.");

    public static readonly SettingDefinition<Secret> InitialRootPassword = new("InitialRootPassword", SettingKind.Text,
        SettingValues.ParseRootPassword,
        "The password of `root`, at least 8 characters. Used once, on an empty database.")
    {
        DefaultWords = "random, in initial_root_password of the data directory",
        IsSecret = true,
        Pattern = "^[\\s\\S]{8,}$",
    };

    public static readonly SettingDefinition<Secret> InitialRootToken = new("InitialRootToken", SettingKind.Text,
        SettingValues.ParseRootToken,
        "A personal access token for `root`, at least 20 letters, digits, `_`, `.` or `-`. Used once, on an empty database.")
    {
        IsSecret = true,
        Pattern = "^[A-Za-z0-9_.-]{20,}$",
    };

    public static readonly SettingDefinition<Secret> DatabaseConnectionString = new("Database__ConnectionString", SettingKind.Text,
        SettingValues.ParseConnectionString,
        "PostgreSQL 14 or later, as `Host=…;Username=…;Password=…;Database=…`.")
    {
        DefaultWords = "SQLite in the data directory",
        IsSecret = true,
    };

    public static readonly SettingDefinition<StorageProvider> StorageProvider = new("Storage__Provider", SettingKind.Choice,
        SettingValues.ParseStorageProvider,
        "Where blobs are kept: `filesystem` is the data directory.")
    {
        Default = "filesystem",
        Choices = ["filesystem"],
    };

    public static readonly SettingDefinition<byte[]> SecretsKey = new("SecretsKey", SettingKind.Text, SettingValues.ParseSecretsKey,
        "The key of 32 bytes, in base64, under which stored secrets are encrypted. Without it they can't be read again.")
    {
        DefaultWords = "random, in a file of the data directory",
        IsSecret = true,
        Pattern = "^[A-Za-z0-9+/]{43}=$",
    };

    public static readonly SettingDefinition<long> MinimumFreeSpace = new("MinimumFreeSpace", SettingKind.Size, SettingValues.ParseSize,
        "Free space below which new uploads are refused with 507, so that the database can still commit: bytes, or a number with " +
        "`KiB`, `MiB`, `GiB` or `TiB`; `0` never refuses.")
    {
        Default = "1GiB",
        Pattern = "^[0-9]+( ?([KkMmGgTt][Ii])?[Bb])?$",
    };

    public static readonly SettingDefinition<string> GitDirectory = new("Git__Directory", SettingKind.Path, SettingValues.ParsePath,
        "The folder of the git repositories. Several replicas need it on a volume that they share.")
    {
        DefaultWords = "git in the data directory",
    };

    public static readonly SettingDefinition<long> GitMaxPushSize = new("Git__MaxPushSize", SettingKind.Size, SettingValues.ParseSize,
        "The most that one push of git may send: bytes, or a number with `KiB`, `MiB`, `GiB` or `TiB`; `0` is no limit.")
    {
        Default = "2GiB",
        Pattern = "^[0-9]+ ?([KkMmGgTt][Ii])?[Bb]?$",
    };

    public static readonly SettingDefinition<long> MaxArtifactSize = new("Ci__MaxArtifactSize", SettingKind.Size, SettingValues.ParseSize,
        "The largest archive of artifacts that a job may store.")
    {
        Default = "1GiB",
        Pattern = "^[0-9]+ ?([KkMmGgTt][Ii])?[Bb]?$",
    };

    public static readonly SettingDefinition<TimeSpan> SilentRunnerTimeout = new("Ci__SilentRunnerTimeout", SettingKind.Duration, SettingValues.ParseSilence,
        "How long nothing may be heard of a job's runner until the job fails as `stuck_or_timeout_failure`: from `1 minute` to `1 day`, " +
        "as `timeout` is written in `.gitlab-ci.yml`. Runners tell every 30 seconds that they live.")
    {
        Default = "10 minutes",
    };

    public static readonly SettingDefinition<TimeSpan> AuditRetention = new("Audit__Retention", SettingKind.Duration, SettingValues.ParseDays,
        "How long audit events are kept, from `1 day` to `3650 days`.")
    {
        Default = "365 days",
    };

    public static readonly SettingDefinition<TimeSpan> KeyRotation = new("Keys__RotateEvery", SettingKind.Duration, SettingValues.ParseDays,
        "How long a key signs registry tokens until the next one takes its place, from `1 day` to `3650 days`. `berth rotate-keys` does it at once.")
    {
        Default = "90 days",
    };

    public static readonly SettingDefinition<int> TokenRequests = Limit("Limits__TokenRequests", "120000",
        "Registry tokens (`/jwt/auth`) a minute for one credential, or for one address without one; then 429. `0` is no limit.");

    public static readonly SettingDefinition<int> SignIns = Limit("Limits__SignIns", "600",
        "Passwords a minute from one address, right or wrong; then 429. `0` is no limit. What failed passwords lead to stands in `security.md`.");

    public static readonly SettingDefinition<int> PushStarts = Limit("Limits__PushStarts", "60000",
        "Uploads begun and pushes of git a minute by one credential; then 429. `0` is no limit.");

    public static readonly SettingDefinition<int> PipelineStarts = Limit("Limits__PipelineStarts", "300",
        "Pipelines and jobs a minute that one user starts or tries again through API and pages; then 429. `0` is no limit.");

    public static readonly SettingDefinition<TimeSpan> TokensDefaultLifetime = new("Tokens__DefaultLifetime", SettingKind.Duration, SettingValues.ParseWholeDays,
        "How long a personal, project or group access token lives that is made without `expires_at`: a number of days.")
    {
        Default = "365 days",
    };

    public static readonly SettingDefinition<TimeSpan> TokensMaxLifetime = new("Tokens__MaxLifetime", SettingKind.Duration, SettingValues.ParseWholeDays,
        "The longest that such a token may live, from `1 day` to `3650 days`. Deploy tokens may live for ever.")
    {
        Default = "400 days",
    };

    public static readonly SettingDefinition<Uri> MetricsOtlpEndpoint = new("Metrics__OtlpEndpoint", SettingKind.Url,
        SettingUrls.ParseEndpoint,
        "The OpenTelemetry collector that metrics are sent to by OTLP, such as `http://localhost:4317`.");

    /// <summary>All of them, in the order of the documentation.</summary>
    public static readonly IReadOnlyList<SettingDefinition> All =
    [
        Urls, Tls, TlsCertificate, TlsKey, DataDirectory, ExternalUrl, RegistryExternalUrl, TrustedProxies, InitialRootPassword,
        InitialRootToken, DatabaseConnectionString, StorageProvider, SecretsKey, MinimumFreeSpace, GitDirectory, GitMaxPushSize,
        MaxArtifactSize, SilentRunnerTimeout, AuditRetention, KeyRotation, TokenRequests, SignIns, PushStarts, PipelineStarts, TokensDefaultLifetime, TokensMaxLifetime,
        MetricsOtlpEndpoint,
    ];

    private static SettingDefinition<int> Limit(string name, string fallback, string description) =>
        new(name, SettingKind.Number, SettingValues.ParseLimit, description) { Default = fallback, Pattern = "^[0-9]{1,10}$" };
}
