using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Berth.Server.Configuration;

/// <summary>Turns what the operator gave into <see cref="BerthSettings"/>: each value by itself, then the rules between them.</summary>
internal sealed class SettingsReader(SettingSources sources, string workingDirectory)
{
    /// <exception cref="SettingsException">A value is bad, or doesn't go with another.</exception>
    public BerthSettings Read()
    {
        var tls = Read(SettingDefinitions.Tls);
        var urls = ReadUrls(tls);
        var (certificate, key) = ReadTlsFiles(tls);
        var externalUrl = ReadExternalUrl(urls);
        return new BerthSettings
        {
            Urls = urls,
            Tls = tls,
            TlsCertificate = certificate,
            TlsKey = key,
            DataDirectory = ReadDataDirectory(),
            ExternalUrl = externalUrl,
            RegistryExternalUrl = ReadRegistryExternalUrl(urls, externalUrl),
            TrustedProxies = Find(SettingDefinitions.TrustedProxies) ?? [],
            InitialRootPassword = Find(SettingDefinitions.InitialRootPassword),
            InitialRootToken = Find(SettingDefinitions.InitialRootToken),
            DatabaseConnectionString = Find(SettingDefinitions.DatabaseConnectionString),
            StorageProvider = Read(SettingDefinitions.StorageProvider),
            SecretsKey = Find(SettingDefinitions.SecretsKey),
            MinimumFreeSpace = Read(SettingDefinitions.MinimumFreeSpace),
            GitDirectory = FindPath(SettingDefinitions.GitDirectory),
            GitMaxPushSize = Read(SettingDefinitions.GitMaxPushSize),
            MaxArtifactSize = Read(SettingDefinitions.MaxArtifactSize),
            SilentRunnerTimeout = Read(SettingDefinitions.SilentRunnerTimeout),
            AuditRetention = Read(SettingDefinitions.AuditRetention),
            KeyRotation = Read(SettingDefinitions.KeyRotation),
            TokenRequests = Read(SettingDefinitions.TokenRequests),
            SignIns = Read(SettingDefinitions.SignIns),
            PushStarts = Read(SettingDefinitions.PushStarts),
            PipelineStarts = Read(SettingDefinitions.PipelineStarts),
            TokensDefaultLifetime = ReadDefaultLifetime(),
            TokensMaxLifetime = Read(SettingDefinitions.TokensMaxLifetime),
            MetricsOtlpEndpoint = Find(SettingDefinitions.MetricsOtlpEndpoint),
            InForce = [.. SettingDefinitions.All.Select(Show)],
        };
    }

    private IReadOnlyList<Uri> ReadUrls(TlsMode tls)
    {
        var fallback = tls == TlsMode.Off ? SettingDefinitions.DefaultHttpUrl : SettingDefinitions.DefaultHttpsUrl;
        var urls = Find(SettingDefinitions.Urls) ?? [new Uri(fallback)];
        var secure = urls.FirstOrDefault(url => url.Scheme == Uri.UriSchemeHttps);
        if (tls == TlsMode.Off && secure is not null)
            throw Complaint(SettingDefinitions.Urls, $"{Shown(secure)} needs a certificate, but Tls is off; set Tls to self-signed or files, or listen on http");
        if (tls != TlsMode.Off && secure is null)
            throw Complaint(SettingDefinitions.Urls, $"Tls is {TextOf(SettingDefinitions.Tls)}, but no address begins with https; allowed is one such as {SettingDefinitions.DefaultHttpsUrl}");
        return urls;
    }

    private (string? Certificate, string? Key) ReadTlsFiles(TlsMode tls)
    {
        var certificate = FindPath(SettingDefinitions.TlsCertificate);
        var key = FindPath(SettingDefinitions.TlsKey);
        if (tls != TlsMode.Files)
            return (certificate, key);
        if (certificate is null)
            throw Complaint(SettingDefinitions.TlsCertificate, "Tls is files, which needs the path of the certificate's PEM file here");
        if (key is null)
            throw Complaint(SettingDefinitions.TlsKey, "Tls is files, which needs the path of the private key's PEM file here");
        var certificatePem = ReadPem(SettingDefinitions.TlsCertificate, certificate);
        var keyPem = ReadPem(SettingDefinitions.TlsKey, key);
        try
        {
            X509Certificate2.CreateFromPem(certificatePem, keyPem).Dispose();
        }
        // The second is what .NET throws where the key is another one's.
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Complaint(SettingDefinitions.TlsCertificate, $"{certificate} and {key} of Tls__Key do not go together: {e.Message}");
        }
        return (certificate, key);
    }

    private Uri ReadExternalUrl(IReadOnlyList<Uri> urls)
    {
        var exposed = urls.FirstOrDefault(url => !SettingUrls.IsLoopback(url));
        if (sources.Find(SettingDefinitions.ExternalUrl) is not null)
            return ReadOutside(SettingDefinitions.ExternalUrl, urls);
        if (exposed is not null)
            throw Complaint(SettingDefinitions.ExternalUrl, $"{Shown(exposed)} of Urls ({OriginOf(SettingDefinitions.Urls)}) can be reached from other machines, so the address that clients use has to be set here, such as https://registry.example.com");
        if (urls[0].Port == 0)
            throw Complaint(SettingDefinitions.Urls, "port 0 is any free port, which clients can't know; name a port, or set ExternalUrl");
        return urls[0];
    }

    private Uri ReadRegistryExternalUrl(IReadOnlyList<Uri> urls, Uri externalUrl)
    {
        var given = sources.Find(SettingDefinitions.RegistryExternalUrl) is not null;
        var url = given ? ReadOutside(SettingDefinitions.RegistryExternalUrl, urls) : externalUrl;
        return SettingUrls.CanBeginImageName(url)
            ? url
            : throw Complaint(given || sources.Find(SettingDefinitions.ExternalUrl) is null ? SettingDefinitions.RegistryExternalUrl : SettingDefinitions.ExternalUrl,
                $"no image name can begin with '{url.Authority}'; docker needs a host with a dot or a port, and no underscore");
    }

    /// <summary>An address of ours as clients see it: where others can reach the server, a loopback name would lead them to themselves.</summary>
    private Uri ReadOutside(SettingDefinition<Uri> definition, IReadOnlyList<Uri> urls)
    {
        var url = Read(definition);
        return SettingUrls.IsLoopback(url) && urls.FirstOrDefault(listen => !SettingUrls.IsLoopback(listen)) is { } exposed
            ? throw Complaint(definition, $"{Shown(url)} is a loopback name, but {Shown(exposed)} of Urls ({OriginOf(SettingDefinitions.Urls)}) can be reached from other machines; allowed is a name that they know, such as https://registry.example.com")
            : url;
    }

    private TimeSpan ReadDefaultLifetime()
    {
        var (lifetime, most) = (Read(SettingDefinitions.TokensDefaultLifetime), Read(SettingDefinitions.TokensMaxLifetime));
        return lifetime <= most
            ? lifetime
            : throw Complaint(SettingDefinitions.TokensDefaultLifetime, $"{lifetime.Days} days are more than Tokens__MaxLifetime allows, which is {most.Days} days");
    }

    private string? FindPath(SettingDefinition<string> definition) =>
        Find(definition) is { } path ? Path.GetFullPath(path, workingDirectory) : null;

    private string ReadDataDirectory()
    {
        var path = Path.GetFullPath(Read(SettingDefinitions.DataDirectory), workingDirectory);
        return File.Exists(path)
            ? throw Complaint(SettingDefinitions.DataDirectory, $"{path} is a file; allowed is a folder, or a path where one can be made")
            : path;
    }

    /// <summary>The value of a setting that has a default in the table.</summary>
    private T Read<T>(SettingDefinition<T> definition) where T : notnull =>
        Given(definition) is { } given ? Parse(definition, given) : definition.Parse(definition.Default ?? throw new InvalidOperationException($"{definition.Name} has no default."));

    /// <summary>The value of a setting, null if it is not set.</summary>
    private T? Find<T>(SettingDefinition<T> definition) where T : class =>
        Given(definition) is { } given ? Parse(definition, given) : null;

    private static T Parse<T>(SettingDefinition<T> definition, GivenSetting given)
    {
        try
        {
            return definition.Parse(given.Text);
        }
        catch (FormatException e)
        {
            throw new SettingsException(definition.Name, given.Origin, e.Message);
        }
    }

    /// <summary>What was given, a secret perhaps by its file.</summary>
    private GivenSetting? Given(SettingDefinition definition)
    {
        var direct = sources.Find(definition);
        if (!definition.IsSecret || sources.Find(definition, SettingDefinition.FileSuffix) is not { } file)
            return direct;
        var name = definition.Name + SettingDefinition.FileSuffix;
        if (direct is not null)
            throw new SettingsException(definition.Name, direct.Origin, $"{name} ({file.Origin}) is given too; allowed is one of the two");
        try
        {
            return new GivenSetting(SecretFile.Read(Path.Combine(workingDirectory, file.Text)), $"{file.Origin}, file {file.Text}");
        }
        catch (FormatException e)
        {
            throw new SettingsException(name, file.Origin, e.Message);
        }
    }

    private string ReadPem(SettingDefinition definition, string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Complaint(definition, $"the file {path} can't be read: {e.Message}");
        }
    }

    private SettingsException Complaint(SettingDefinition definition, string problem) => new(definition.Name, OriginOf(definition), problem);

    private SettingInForce Show(SettingDefinition definition)
    {
        var given = sources.Find(definition) ?? sources.Find(definition, SettingDefinition.FileSuffix);
        return new(definition, given is null ? definition.DefaultText : (definition.IsSecret ? "***" : given.Text), given?.Origin ?? "default", given is not null);
    }

    private string OriginOf(SettingDefinition definition) => sources.Find(definition)?.Origin ?? "not set";

    private string? TextOf(SettingDefinition definition) => sources.Find(definition)?.Text ?? definition.Default;

    private static string Shown(Uri url) => url.GetLeftPart(UriPartial.Authority);
}
