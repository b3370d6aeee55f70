using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Proxy;

/// <summary>
/// Debian's nginx before Berth, on a port of the loopback, with a certificate of its own. Its server block is the one of
/// docs/behind-nginx.md, read from there, so that what we tell people to write is what is tested.
/// </summary>
internal sealed partial class NginxProxy : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("berth-nginx-");
    private Process? _nginx;

    public int Port { get; } = BerthProgram.FreePort();

    public string Url => $"https://localhost:{Port}";

    /// <summary>The PEM file of the certificate, which is its own CA.</summary>
    public string Certificate => Path.Combine(_directory.FullName, "certificate.pem");

    private string ErrorLog => Path.Combine(_directory.FullName, "error.log");

    /// <summary>Starts nginx before the Berth on this port, and waits until it answers.</summary>
    public async Task Start(int berthPort)
    {
        WriteCertificate();
        var key = Path.Combine(_directory.FullName, "key.pem");
        var server = ServerBlock().Match(await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs/behind-nginx.md"), TestContext.Current.CancellationToken)).Groups["block"].Value
            .Replace("listen 443 ssl;", $"listen 127.0.0.1:{Port} ssl;", StringComparison.Ordinal)
            .Replace("listen [::]:443 ssl;", "", StringComparison.Ordinal)
            .Replace("/etc/nginx/registry.example.com.pem", Certificate, StringComparison.Ordinal)
            .Replace("/etc/nginx/registry.example.com.key", key, StringComparison.Ordinal)
            .Replace("http://127.0.0.1:5050", $"http://127.0.0.1:{berthPort}", StringComparison.Ordinal);
        Assert.Contains($"proxy_pass http://127.0.0.1:{berthPort}", server, StringComparison.Ordinal);
        var configuration = Path.Combine(_directory.FullName, "nginx.conf");
        // As root nginx would serve by www-data, which may not enter this directory.
        await File.WriteAllTextAsync(configuration, $$"""
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            daemon off;
            worker_processes 1;
            pid {{_directory.FullName}}/nginx.pid;
            error_log {{ErrorLog}} warn;
            events {}
            http {
                access_log off;
                client_body_temp_path {{_directory.FullName}}/bodies;
                proxy_temp_path {{_directory.FullName}}/answers;
            {{server}}
            }
            """, TestContext.Current.CancellationToken);
        _nginx = Process.Start(new ProcessStartInfo("/usr/sbin/nginx", ["-c", configuration, "-e", ErrorLog]))!;
        await WaitUntilItAnswers();
    }

    /// <summary>What nginx warns of: bodies and answers that it wrote to its disk, and whatever went wrong.</summary>
    public Task<string> Warnings() => File.ReadAllTextAsync(ErrorLog, TestContext.Current.CancellationToken);

    /// <summary>A handler that trusts the certificate and connects from another address of the loopback.</summary>
    public SocketsHttpHandler HandlerFrom(string address)
    {
        var trusted = X509CertificateLoader.LoadCertificateFromFile(Certificate);
        return new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => trusted.Equals(certificate) },
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp) { NoDelay = true };
                socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_nginx is { HasExited: false })
        {
            // QUIT would wait for connections.
            (await Command.Run("kill", ["-TERM", $"{_nginx.Id}"])).Succeeded();
            await _nginx.WaitForExitAsync(CancellationToken.None);
        }
        _nginx?.Dispose();
        _directory.Delete(recursive: true);
    }

    private void WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_directory.FullName, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    private async Task WaitUntilItAnswers()
    {
        using var client = new HttpClient(HandlerFrom("127.0.0.1"));
        for (var attempt = 0; attempt < 200; attempt++)
        {
            Assert.False(_nginx!.HasExited, "nginx ended at its start");
            try
            {
                using var reply = await client.GetAsync($"{Url}/-/liveness", TestContext.Current.CancellationToken);
                if (reply.StatusCode == HttpStatusCode.OK)
                    return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        Assert.Fail("nginx did not answer in 10 s");
    }

    [GeneratedRegex("```nginx\n(?<block>.*?)```", RegexOptions.Singleline)]
    private static partial Regex ServerBlock();
}
