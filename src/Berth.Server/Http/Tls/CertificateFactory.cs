using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Berth.Server.Http.Tls;

/// <summary>Makes the CA and the server certificates of <c>Tls=self-signed</c>: ECDSA on P-256, profiles as of RFC 5280.</summary>
internal static class CertificateFactory
{
    /// <summary>Clients trust the CA by hand, so it lives long.</summary>
    public const int AuthorityYears = 10;

    /// <summary>In days. macOS and browsers refuse certificates that live longer than 398.</summary>
    public const int ServerDays = 397;

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Clients whose clock is slow must take a certificate made just now.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    /// <summary>Makes a CA with its key. The number in its name keeps two installations apart in one trust store.</summary>
    public static X509Certificate2 CreateAuthority(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=Berth CA {RandomNumberGenerator.GetHexString(8, lowercase: true)}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var start = now - ClockSkew;
        return request.CreateSelfSigned(start, start.AddYears(AuthorityYears));
    }

    /// <summary>Makes a server certificate with its key, signed by <paramref name="authority"/> and ending no later than it.</summary>
    /// <param name="authority">The CA with its ECDSA key.</param>
    /// <param name="names">Host names in ASCII and IP addresses.</param>
    /// <param name="now">The present time.</param>
    public static X509Certificate2 CreateServer(X509Certificate2 authority, IReadOnlyCollection<string> names, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Berth", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        request.CertificateExtensions.Add(AlternativeNames(names));
        var start = Later(now - ClockSkew, authority.NotBefore);
        var end = Earlier(start.AddDays(ServerDays), authority.NotAfter);
        using var certificate = request.Create(authority, start, end, SerialNumber());
        return certificate.CopyWithPrivateKey(key);
    }

    private static X509Extension AlternativeNames(IReadOnlyCollection<string> names)
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
                builder.AddIpAddress(address);
            else
                builder.AddDnsName(name);
        }
        return builder.Build();
    }

    /// <summary>16 random bytes, positive and not zero (RFC 5280, section 4.1.2.2).</summary>
    private static byte[] SerialNumber()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)(serial[0] & 0x3F | 0x40);
        return serial;
    }

    private static DateTimeOffset Later(DateTimeOffset time, DateTime local) => time.UtcDateTime > local.ToUniversalTime() ? time : local;

    private static DateTimeOffset Earlier(DateTimeOffset time, DateTime local) => time.UtcDateTime < local.ToUniversalTime() ? time : local;
}
