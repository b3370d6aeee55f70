using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Berth.Server.Http.Tls;

/// <summary>
/// The CA and the server certificate of <c>Tls=self-signed</c>. On disk, in PEM, keys with mode 0600:
/// <code>
/// tls/ca.pem      the CA, which clients trust; never replaced while more than 30 days of it are left
/// tls/ca.key
/// tls/server.pem  made anew when its names change or 30 days are left
/// tls/server.key
/// </code>
/// Each is written beside its place and renamed, the key before the certificate, so a certificate that is there has its key.
/// </summary>
internal sealed class SelfSignedCertificates(string directory, IReadOnlyCollection<string> names, TimeProvider time, ILogger logger) : ICertificateSource
{
    /// <summary>A certificate with less left is replaced: time enough to notice if that fails.</summary>
    private static readonly TimeSpan LeastLeft = TimeSpan.FromDays(30);

    private const UnixFileMode KeyMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode CertificateMode = KeyMode | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private string AuthorityPath => Path.Combine(directory, "ca.pem");

    private string AuthorityKeyPath => Path.Combine(directory, "ca.key");

    private string ServerPath => Path.Combine(directory, "server.pem");

    private string ServerKeyPath => Path.Combine(directory, "server.key");

    /// <summary>The CA without its key; null before the first check.</summary>
    public X509Certificate2? Authority { get; private set; }

    public ServedCertificate? Check(ServedCertificate? current)
    {
        if (current is not null && HasTimeLeft(current.Leaf))
            return null;
        Directory.CreateDirectory(directory);
        using var authority = LoadAuthority() ?? MakeAuthority();
        Authority = X509CertificateLoader.LoadCertificate(authority.RawData);
        return LoadServer(authority) ?? MakeServer(authority);
    }

    private X509Certificate2? LoadAuthority()
    {
        if (!File.Exists(AuthorityPath))
            return null;
        X509Certificate2 authority;
        try
        {
            authority = X509Certificate2.CreateFromPemFile(AuthorityPath, AuthorityKeyPath);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FileNotFoundException)
        {
            // Not replaced silently: clients trust this CA by hand.
            throw new CryptographicException($"{AuthorityPath} and ca.key beside it are no CA with its key ({e.Message}); restore them, or remove both to get a new CA that clients have to trust", e);
        }
        if (HasTimeLeft(authority))
            return authority;
        Log.AuthorityEnds(logger, authority.NotAfter.ToUniversalTime());
        authority.Dispose();
        // Before the new key takes the old one's place: a crash between the two must not leave a CA with another's key.
        File.Delete(AuthorityPath);
        return null;
    }

    private X509Certificate2 MakeAuthority()
    {
        var authority = CertificateFactory.CreateAuthority(time.GetUtcNow());
        WritePair(authority, AuthorityPath, AuthorityKeyPath);
        Log.AuthorityMade(logger, AuthorityPath, authority.NotAfter.ToUniversalTime());
        return authority;
    }

    private ServedCertificate? LoadServer(X509Certificate2 authority)
    {
        if (!File.Exists(ServerPath) || !File.Exists(ServerKeyPath))
            return null;
        try
        {
            var server = ServedCertificate.FromPem(File.ReadAllText(ServerPath), File.ReadAllText(ServerKeyPath));
            return HasTimeLeft(server.Leaf) && HasNames(server.Leaf) && IsSignedBy(authority, server.Leaf) ? server : null;
        }
        catch (CryptographicException)
        {
            // Nobody trusts this one by itself; a new one does as well.
            return null;
        }
    }

    private ServedCertificate MakeServer(X509Certificate2 authority)
    {
        using var server = CertificateFactory.CreateServer(authority, names, time.GetUtcNow());
        WritePair(server, ServerPath, ServerKeyPath);
        Log.CertificateMade(logger, string.Join(", ", names), server.NotAfter.ToUniversalTime());
        return ServedCertificate.FromPem(server.ExportCertificatePem(), File.ReadAllText(ServerKeyPath));
    }

    private bool HasTimeLeft(X509Certificate2 certificate) => certificate.NotAfter.ToUniversalTime() - time.GetUtcNow().UtcDateTime >= LeastLeft;

    private bool HasNames(X509Certificate2 server)
    {
        var there = server.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString())));
        return names.Select(name => IPAddress.TryParse(name, out var address) ? address.ToString() : name)
            .ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(there);
    }

    private bool IsSignedBy(X509Certificate2 authority, X509Certificate2 server)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
        return chain.Build(server);
    }

    private static void WritePair(X509Certificate2 certificate, string certificatePath, string keyPath)
    {
        using var key = certificate.GetECDsaPrivateKey() ?? throw new CryptographicException("The certificate has no ECDSA key.");
        Write(keyPath, key.ExportPkcs8PrivateKeyPem(), KeyMode);
        Write(certificatePath, certificate.ExportCertificatePem(), CertificateMode);
    }

    private static void Write(string path, string pem, UnixFileMode mode)
    {
        var beside = path + ".new";
        File.Delete(beside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        using (var stream = new FileStream(beside, options))
        {
            using var writer = new StreamWriter(stream);
            writer.Write(pem + "\n");
            writer.Flush();
            stream.Flush(flushToDisk: true);
        }
        File.Move(beside, path, overwrite: true);
    }
}
