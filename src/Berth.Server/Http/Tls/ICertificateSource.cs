namespace Berth.Server.Http.Tls;

/// <summary>Where the served certificate comes from: files of the operator's, or our own CA. Called by one thread at a time.</summary>
internal interface ICertificateSource
{
    /// <summary>
    /// The certificate to serve from now on; null if <paramref name="current"/> stays. Called at the start (with null) and then
    /// every few seconds while handshakes come.
    /// </summary>
    /// <exception cref="IOException">A file can't be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file can't be read or written.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A file holds no usable certificate.</exception>
    ServedCertificate? Check(ServedCertificate? current);
}
