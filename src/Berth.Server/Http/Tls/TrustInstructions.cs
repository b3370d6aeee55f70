using Berth.Server.Configuration;

namespace Berth.Server.Http.Tls;

/// <summary>What an operator types on client machines so that they trust the CA of <c>Tls=self-signed</c>.</summary>
internal static class TrustInstructions
{
    /// <summary>The lines for this server; <paramref name="fingerprint"/> is the CA's SHA-256, to compare the fetched file with.</summary>
    public static string For(BerthSettings settings, string fingerprint)
    {
        var registry = settings.RegistryHost;
        // --insecure: the CA that would vouch for the answer is what it brings, hence the fingerprint.
        var fetch = $"curl --insecure --fail --silent --show-error {settings.ExternalOrigin}/-/ca.pem";
        return $"""
            Clients have to trust this server's CA once. Its SHA-256 fingerprint is
              {fingerprint}
            and a fetched file's is shown by
              openssl x509 -in ca.crt -noout -fingerprint -sha256

            docker (each machine with an engine; no restart needed):
              sudo mkdir -p /etc/docker/certs.d/{registry}
              {fetch} | sudo tee /etc/docker/certs.d/{registry}/ca.crt

            podman, buildah, skopeo:
              sudo mkdir -p /etc/containers/certs.d/{registry}
              {fetch} | sudo tee /etc/containers/certs.d/{registry}/ca.crt

            Docker-in-Docker (on the runner's machine, after docker's lines above; in the runner's config.toml):
              [runners.docker]
                volumes = ["/etc/docker/certs.d:/etc/docker/certs.d:ro", "/cache"]

            gitlab-runner (config.toml, or --tls-ca-file at registration):
              {fetch} | sudo tee /etc/gitlab-runner/berth-ca.crt
              [[runners]]
                url = "{settings.ExternalOrigin}"
                tls-ca-file = "/etc/gitlab-runner/berth-ca.crt"

            """;
    }
}
