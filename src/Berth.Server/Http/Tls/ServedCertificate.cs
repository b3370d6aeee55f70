using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Berth.Server.Http.Tls;

/// <summary>A certificate with its key, and with the chain as the handshake sends it.</summary>
internal sealed class ServedCertificate
{
    private ServedCertificate(X509Certificate2 leaf, X509Certificate2Collection chain)
    {
        Leaf = leaf;
        // Offline: a handshake must not wait for the net to fetch intermediates or OCSP answers.
        Context = SslStreamCertificateContext.Create(leaf, chain, offline: true);
    }

    public X509Certificate2 Leaf { get; }

    public SslStreamCertificateContext Context { get; }

    public DateTimeOffset NotBefore => new(Leaf.NotBefore.ToUniversalTime());

    public DateTimeOffset NotAfter => new(Leaf.NotAfter.ToUniversalTime());

    /// <param name="certificatePem">The server's certificate first, then its intermediates.</param>
    /// <param name="keyPem">Its private key, not encrypted.</param>
    /// <exception cref="CryptographicException">One can't be read, or they don't belong together.</exception>
    public static ServedCertificate FromPem(string certificatePem, string keyPem)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(certificatePem);
            if (chain.Count == 0)
                throw new CryptographicException("there is no certificate in PEM");
            return new ServedCertificate(X509Certificate2.CreateFromPem(certificatePem, keyPem), chain);
        }
        catch (ArgumentException e)
        {
            // What .NET throws where the key is another one's.
            throw new CryptographicException(e.Message, e);
        }
    }
}
