namespace Berth.Server.Http.Tls;

/// <summary>The certificate of <c>Tls=files</c>, read anew when a file's content changes.</summary>
/// <remarks>
/// It compares contents, not times: Kubernetes swaps a link two levels up, which leaves the times of the paths as they were.
/// </remarks>
internal sealed class CertificateFiles(string certificatePath, string keyPath) : ICertificateSource
{
    private string? _certificatePem;
    private string? _keyPem;

    public ServedCertificate? Check(ServedCertificate? current)
    {
        var certificatePem = File.ReadAllText(certificatePath);
        var keyPem = File.ReadAllText(keyPath);
        if (certificatePem == _certificatePem && keyPem == _keyPem)
            return null;
        // Kept even if they are bad: the same bad pair is reported once, not at each check.
        _certificatePem = certificatePem;
        _keyPem = keyPem;
        return ServedCertificate.FromPem(certificatePem, keyPem);
    }
}
