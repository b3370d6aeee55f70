using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Server.Http.Tls;

namespace Berth.Tests.Http.Tls;

/// <summary>Certificates for tests, as PEM texts.</summary>
internal static class Pem
{
    /// <summary>A server certificate of a CA of its own: the certificate, the CA behind it, the key.</summary>
    public static (string Certificate, string Authority, string Key) Make(DateTimeOffset now, params string[] names)
    {
        using var authority = CertificateFactory.CreateAuthority(now);
        using var server = CertificateFactory.CreateServer(authority, names.Length > 0 ? names : ["localhost"], now);
        using var key = server.GetECDsaPrivateKey()!;
        return (server.ExportCertificatePem() + "\n", authority.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>A server certificate of an intermediate CA, as public CAs give them: the certificate, the intermediate, the key.</summary>
    public static (string Certificate, string Intermediate, string Key) MakeWithIntermediate(DateTimeOffset now)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = AuthorityRequest("CN=Root", rootKey).CreateSelfSigned(now.AddDays(-1), now.AddYears(1));
        using var intermediateKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var unsigned = AuthorityRequest("CN=Intermediate", intermediateKey).Create(root, now.AddDays(-1), now.AddMonths(6), [1]);
        using var intermediate = unsigned.CopyWithPrivateKey(intermediateKey);
        using var server = CertificateFactory.CreateServer(intermediate, ["localhost"], now);
        using var key = server.GetECDsaPrivateKey()!;
        return (server.ExportCertificatePem() + "\n", intermediate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>What a client says of a certificate at a time if it trusts that CA alone; NoError if it is good.</summary>
    public static X509ChainStatusFlags Verify(X509Certificate2 server, X509Certificate2 authority, DateTimeOffset at)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        chain.ChainPolicy.VerificationTime = at.UtcDateTime;
        return chain.Build(server) ? X509ChainStatusFlags.NoError : chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
    }

    private static CertificateRequest AuthorityRequest(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }
}
