using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Berth.Runner.Engine;

/// <summary>Checks a server's certificate against authorities from a file.</summary>
internal static class Trust
{
    /// <param name="certificate">The server's.</param>
    /// <param name="chain">As the TLS library built it.</param>
    /// <param name="errors">What the library found with the system's authorities.</param>
    /// <param name="authorities">Those of the file.</param>
    /// <param name="only">The system's authorities do not count.</param>
    public static bool Check(
        X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, X509Certificate2Collection authorities, bool only)
    {
        if (!only && errors == SslPolicyErrors.None)
            return true;
        if ((errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0 || certificate is null || chain is null)
            return false;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        using var own = new X509Certificate2(certificate);
        return chain.Build(own);
    }
}
