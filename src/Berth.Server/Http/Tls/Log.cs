namespace Berth.Server.Http.Tls;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Made a CA in {Path}, good until {NotAfter:u}; clients have to trust it once")]
    public static partial void AuthorityMade(ILogger logger, string path, DateTime notAfter);

    [LoggerMessage(2, LogLevel.Warning, "The CA ends at {NotAfter:u} and is replaced: clients have to trust the new one")]
    public static partial void AuthorityEnds(ILogger logger, DateTime notAfter);

    [LoggerMessage(3, LogLevel.Information, "Made a certificate for {Names}, good until {NotAfter:u}")]
    public static partial void CertificateMade(ILogger logger, string names, DateTime notAfter);

    [LoggerMessage(4, LogLevel.Information, "Serving the certificate {Thumbprint}, good until {NotAfter:u}")]
    public static partial void CertificateReplaced(ILogger logger, string thumbprint, DateTimeOffset notAfter);

    [LoggerMessage(5, LogLevel.Warning, "The new certificate can't be used ({Reason}); the current one stays, good until {NotAfter:u}")]
    public static partial void CertificateKept(ILogger logger, string reason, DateTimeOffset notAfter);

    [LoggerMessage(6, LogLevel.Warning, "The certificate ended at {NotAfter:u}; clients will refuse it")]
    public static partial void CertificateExpired(ILogger logger, DateTimeOffset notAfter);
}
