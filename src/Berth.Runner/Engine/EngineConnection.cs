using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Berth.Runner.Configuration;
using Docker.DotNet;
using Docker.DotNet.Handler.Abstractions;
using Docker.DotNet.LegacyHttp;
using Microsoft.Net.Http.Client;

namespace Berth.Runner.Engine;

/// <summary>
/// Opens the Engine API where <c>host</c> in <c>[runners.docker]</c>, DOCKER_HOST or the usual socket is. TLS, with
/// <c>ca.pem</c>, <c>cert.pem</c> and <c>key.pem</c> of <c>tls_cert_path</c>, only if <c>tls_verify</c> is set.
/// </summary>
internal static class EngineConnection
{
    private const string DefaultHost = "unix:///var/run/docker.sock";

    /// <summary>An engine that is alive answers a ping at once, even where containers start slowly.</summary>
    private static readonly TimeSpan PingLimit = TimeSpan.FromSeconds(10);

    /// <exception cref="ConfigException">The address or a certificate is no good.</exception>
    public static DockerClient Open(DockerSettings settings)
    {
        var host = settings.Host.Length > 0 ? settings.Host : Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } named ? named : DefaultHost;
        if (!Uri.TryCreate(host, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("unix" or "tcp" or "http" or "https"))
            throw new ConfigException($"host of [runners.docker] is {host}; it must be unix:///path or tcp://host:port");
        var builder = new DockerClientBuilder().WithTimeout(Timeout.InfiniteTimeSpan).WithEndpoint(endpoint);
        if (endpoint.Scheme == "unix")
            return builder.Build();
        if (settings.TlsVerify)
            builder = builder.WithAuthProvider(new Certificates(settings));
        // The one transport that can close its sending half alone, which ends a script's input.
        return builder.WithTransportOptions(new LegacyHttpTransportOptions()).Build();
    }

    /// <summary>Asks an engine whether it is there.</summary>
    /// <returns>What is wrong and what to do, in a line; null where it answers.</returns>
    public static async Task<string?> Problem(DockerSettings settings, CancellationToken cancellationToken)
    {
        var host = "";
        try
        {
            using var engine = Open(settings);
            host = engine.Options.Endpoint.OriginalString;
            await engine.System.PingAsync(cancellationToken).WaitAsync(PingLimit, cancellationToken);
            return null;
        }
        catch (ConfigException e)
        {
            return e.Message;
        }
        catch (Exception e) when (EngineMessage.IsOutage(e) && !cancellationToken.IsCancellationRequested)
        {
            return $"no Docker engine at {host}: {Words(e)}. Start Docker, or name another by host in [runners.docker] or DOCKER_HOST";
        }
    }

    private static string Words(Exception e) => EngineMessage.Cause(e) switch
    {
        TimeoutException => $"no answer within {PingLimit.TotalSeconds:0} s",
        SocketException unreachable => EngineMessage.Words(unreachable),
        var other => EngineMessage.Of(other),
    };

    private sealed class Certificates(DockerSettings settings) : IAuthProvider
    {
        public bool TlsEnabled => true;

        public HttpMessageHandler ConfigureHandler(HttpMessageHandler handler)
        {
            var directory = settings.TlsCertPath.Length > 0 ? settings.TlsCertPath
                : Environment.GetEnvironmentVariable("DOCKER_CERT_PATH")
                ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker");
            var managed = (ManagedHandler)handler;
            try
            {
                var authorities = new X509Certificate2Collection();
                authorities.ImportFromPemFile(Path.Combine(directory, "ca.pem"));
                managed.ClientCertificates = [X509Certificate2.CreateFromPemFile(Path.Combine(directory, "cert.pem"), Path.Combine(directory, "key.pem"))];
                managed.ServerCertificateValidationCallback = (_, certificate, chain, errors) => Trust.Check(certificate, chain, errors, authorities, only: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
            {
                throw new AuthenticationException($"tls_verify is set, but the certificates in {directory} can't be read: {e.Message}");
            }
            return managed;
        }
    }
}
