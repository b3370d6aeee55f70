using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Berth.Runner.Configuration;

namespace Berth.Runner.Coordinator;

/// <summary>
/// The HTTP connections to one coordinator: TLS 1.2 and later, trusting the system's authorities and those of <c>tls-ca-file</c>.
/// Limits as gitlab-runner's: 30 s to connect, 10 minutes for the head of an answer.
/// </summary>
internal static class CoordinatorConnection
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);

    /// <exception cref="ConfigException">A certificate can't be read.</exception>
    public static HttpClient Open(string url, string caFile, string certFile, string keyFile)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            // A rested connection may be gone behind a balancer without a word.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
            AllowAutoRedirect = false,
        };
        try
        {
            if (caFile.Length > 0)
                handler.SslOptions.RemoteCertificateValidationCallback = Trust(caFile);
            if (certFile.Length > 0)
                handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPemFile(certFile, keyFile)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new ConfigException($"a TLS file of {url} can't be read: {e.Message}");
        }
        var client = new HttpClient(new LostConnections(handler)) { BaseAddress = new Uri($"{url}/api/v4/"), Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd($"berth-runner/{RunnerInfo.OwnVersion} (linux/{RunnerInfo.OwnArchitecture})");
        return client;
    }

    private static RemoteCertificateValidationCallback Trust(string caFile)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(caFile);
        return (_, certificate, chain, errors) => Engine.Trust.Check(certificate, chain, errors, authorities, only: false);
    }
}
