using System.Net;

namespace Berth.Server.Configuration;

/// <summary>The server's settings, read and checked. <see cref="SettingDefinitions"/> says what each means.</summary>
internal sealed class BerthSettings
{
    /// <summary>
    /// Where to listen, at least one. A host is <c>localhost</c> or an IP address; <c>[::]</c> is every address of the machine,
    /// IPv4 too.
    /// </summary>
    public required IReadOnlyList<Uri> Urls { get; init; }

    public TlsMode Tls { get; init; } = TlsMode.Off;

    /// <summary>Full path; not null with <see cref="TlsMode.Files"/>.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>Full path; not null with <see cref="TlsMode.Files"/>.</summary>
    public string? TlsKey { get; init; }

    /// <summary>Full path; it may not exist yet.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Scheme, host and port, the path is <c>/</c>.</summary>
    public required Uri ExternalUrl { get; init; }

    /// <summary>Scheme, host and port, the path is <c>/</c>.</summary>
    public required Uri RegistryExternalUrl { get; init; }

    /// <summary>All of them as they were given, for people to read; never a secret.</summary>
    public IReadOnlyList<SettingInForce> InForce { get; init; } = [];

    /// <summary>Clients on a dual-stack socket come as IPv4 in IPv6: map them to IPv4 before comparing.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    public Secret? InitialRootPassword { get; init; }

    /// <summary>Full path of the file that the first start writes root's random password to; it is there until another is set.</summary>
    public string InitialRootPasswordFile => Path.Combine(DataDirectory, "initial_root_password");

    public Secret? InitialRootToken { get; init; }

    /// <summary>PostgreSQL's; null is SQLite in <see cref="DataDirectory"/>.</summary>
    public Secret? DatabaseConnectionString { get; init; }

    public StorageProvider StorageProvider { get; init; } = StorageProvider.Filesystem;

    /// <summary>32 bytes; null is the key file in <see cref="DataDirectory"/>. Not to be logged.</summary>
    public byte[]? SecretsKey { get; init; }

    /// <summary>In bytes.</summary>
    public long MinimumFreeSpace { get; init; } = 1L << 30;

    /// <summary>Full path of the git repositories' folder; null is <c>git</c> in <see cref="DataDirectory"/>.</summary>
    public string? GitDirectory { get; init; }

    /// <summary>The most that one push of git may send, in bytes; 0 is no limit. Large enough for all but repositories of videos.</summary>
    public long GitMaxPushSize { get; init; } = 2L << 30;

    /// <summary>In bytes, of one upload of artifacts.</summary>
    public long MaxArtifactSize { get; init; } = 1L << 30;

    /// <summary>Of a running job. GitLab waits an hour; a runner is heard of every 30 s, or has been away for long.</summary>
    public TimeSpan SilentRunnerTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long audit events are kept.</summary>
    public TimeSpan AuditRetention { get; init; } = TimeSpan.FromDays(365);

    /// <summary>How long a key signs registry tokens.</summary>
    public TimeSpan KeyRotation { get; init; } = TimeSpan.FromDays(90);

    /// <summary>A minute, of one credential; 0 is no limit. Twice what a machine of two cores gives at its best.</summary>
    public int TokenRequests { get; init; } = 120_000;

    /// <summary>Passwords a minute, of one address; 0 is no limit. docker sends one with each image that it pulls; half a core checks as many.</summary>
    public int SignIns { get; init; } = 600;

    /// <summary>A minute, of one credential; 0 is no limit. Twice what a machine of two cores takes at its best.</summary>
    public int PushStarts { get; init; } = 60_000;

    /// <summary>A minute, of one user; 0 is no limit.</summary>
    public int PipelineStarts { get; init; } = 300;

    /// <summary>Whole days that an access token lives which was made without a last day. GitLab's default.</summary>
    public TimeSpan TokensDefaultLifetime { get; init; } = TimeSpan.FromDays(365);

    /// <summary>Whole days that an access token lives at most. GitLab's, so that a token of a year can be made before the old one ends.</summary>
    public TimeSpan TokensMaxLifetime { get; init; } = TimeSpan.FromDays(400);

    /// <summary>Where metrics are sent to by OTLP; null is nowhere.</summary>
    public Uri? MetricsOtlpEndpoint { get; init; }

    /// <summary><see cref="ExternalUrl"/> without a slash at the end, to put a path behind.</summary>
    public string ExternalOrigin => ExternalUrl.GetLeftPart(UriPartial.Authority);

    /// <summary><see cref="RegistryExternalUrl"/> without a slash at the end, to put a path behind.</summary>
    public string RegistryExternalOrigin => RegistryExternalUrl.GetLeftPart(UriPartial.Authority);

    /// <summary>What image names begin with, as in CI_REGISTRY: the host and the port, the scheme's default port left out.</summary>
    public string RegistryHost => RegistryExternalUrl.Authority;

    /// <summary>Reads berth.json, the environment and the command line, later ones over earlier ones, and checks them together.</summary>
    /// <param name="args">Only settings and <c>--config</c>: <c>--Name=value</c> or <c>--Name value</c>.</param>
    /// <param name="environment">All variables of the process.</param>
    /// <param name="workingDirectory">Full path; what relative paths in settings start from.</param>
    /// <exception cref="SettingsException">A setting is unknown or bad.</exception>
    public static BerthSettings Load(IReadOnlyList<string> args, IReadOnlyDictionary<string, string> environment, string workingDirectory) =>
        new SettingsReader(SettingSources.Read(args, environment, workingDirectory), workingDirectory).Read();
}
