using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Server.Configuration;

namespace Berth.Server.Http.Tls;

/// <summary>
/// The certificate that the server shows, renewed while it runs: at most every 10 s a handshake looks whether another one is
/// due. If that fails the current one stays and the log says why.
/// </summary>
internal sealed class ServerCertificate
{
    /// <summary>How long a changed file may stay unnoticed.</summary>
    public static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(10);

    private readonly ICertificateSource _source;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _checking = new();
    private ServedCertificate _current;
    private long _lastCheck;
    private string? _lastFailure;

    private ServerCertificate(ICertificateSource source, ServedCertificate first, TimeProvider time, ILogger logger)
    {
        _source = source;
        _current = first;
        _time = time;
        _logger = logger;
        _lastCheck = time.GetTimestamp();
    }

    /// <summary>Loads or makes the certificate; null if Tls is off.</summary>
    /// <exception cref="SettingsException">The files can't be used.</exception>
    public static ServerCertificate? Create(BerthSettings settings, TimeProvider time, ILogger<ServerCertificate> logger)
    {
        ICertificateSource source;
        switch (settings.Tls)
        {
            case TlsMode.SelfSigned:
                source = new SelfSignedCertificates(Path.Combine(settings.DataDirectory, "tls"), Names(settings), time, logger);
                break;
            case TlsMode.Files:
                source = new CertificateFiles(settings.TlsCertificate!, settings.TlsKey!);
                break;
            default:
                return null;
        }
        try
        {
            var first = source.Check(null)!;
            if (first.NotAfter <= time.GetUtcNow())
                Log.CertificateExpired(logger, first.NotAfter);
            return new ServerCertificate(source, first, time, logger);
        }
        catch (Exception e) when (IsExpected(e))
        {
            throw new SettingsException($"Tls: {e.Message}");
        }
    }

    /// <summary>The CA of <c>Tls=self-signed</c> in PEM, as <c>/-/ca.pem</c> serves it; null with files.</summary>
    public string? AuthorityPem => Authority is { } authority ? authority.ExportCertificatePem() + "\n" : null;

    /// <summary>The SHA-256 of the CA as openssl prints it (<c>AB:CD:…</c>); null with files.</summary>
    public string? AuthorityFingerprint => Authority is { } authority
        ? string.Join(':', authority.GetCertHash(HashAlgorithmName.SHA256).Select(value => value.ToString("X2")))
        : null;

    private X509Certificate2? Authority => (_source as SelfSignedCertificates)?.Authority;

    /// <summary>The certificate for the next handshake, with its intermediates.</summary>
    public SslStreamCertificateContext Context => Current.Context;

    /// <summary>The certificate for the next handshake, as a ServerCertificateSelector returns it, without its intermediates.</summary>
    public X509Certificate2 Leaf => Current.Leaf;

    /// <summary>What Tls=self-signed certifies: the hosts of the external addresses, those listened on, and this machine's own names.</summary>
    public static IReadOnlyCollection<string> Names(BerthSettings settings) =>
        settings.Urls.Where(url => !SettingUrls.IsAnyAddress(url)).Append(settings.ExternalUrl).Append(settings.RegistryExternalUrl)
            .Select(url => SettingUrls.Address(url)?.ToString() ?? url.IdnHost.TrimEnd('.'))
            .Concat(["localhost", IPAddress.Loopback.ToString(), IPAddress.IPv6Loopback.ToString()])
            .Distinct().Order(StringComparer.Ordinal).ToList();

    private ServedCertificate Current
    {
        get
        {
            // One handshake checks; the others go on with the current certificate meanwhile.
            if (_time.GetElapsedTime(Volatile.Read(ref _lastCheck)) >= CheckInterval && _checking.TryEnter())
            {
                try
                {
                    Check();
                }
                finally
                {
                    _checking.Exit();
                }
            }
            return Volatile.Read(ref _current);
        }
    }

    private void Check()
    {
        try
        {
            if (_source.Check(_current) is { } next)
            {
                Volatile.Write(ref _current, next);
                Log.CertificateReplaced(_logger, next.Leaf.Thumbprint, next.NotAfter);
            }
            _lastFailure = null;
        }
        catch (Exception e) when (IsExpected(e))
        {
            if (e.Message != _lastFailure)
                Log.CertificateKept(_logger, e.Message, _current.NotAfter);
            _lastFailure = e.Message;
        }
        Volatile.Write(ref _lastCheck, _time.GetTimestamp());
    }

    private static bool IsExpected(Exception e) => e is IOException or UnauthorizedAccessException or CryptographicException;
}
