using Berth.Server.Configuration;
using Berth.Server.Http.Tls;
using Berth.Server.Web.Ci;
using Berth.Server.Web.Pages;

namespace Berth.Server.Web;

/// <summary>
/// What a project needs to build and push its image from CI by Docker-in-Docker, for this very host: config.toml of the runner,
/// .gitlab-ci.yml, and how the parts come to trust the registry. With TLS between docker and its daemon, and without.
/// </summary>
/// <param name="settings">The settings.</param>
/// <param name="fingerprint">Of the CA of Tls=self-signed; null if there is none.</param>
internal sealed class CiInstructions(BerthSettings settings, string? fingerprint)
{
    private const string Docker = "docker:20.10.16";

    private bool IsLoopback => SettingUrls.IsLoopback(settings.RegistryExternalUrl) || SettingUrls.IsLoopback(settings.ExternalUrl);

    private bool IsPlainHttp => settings.RegistryExternalUrl.Scheme == Uri.UriSchemeHttp;

    public CiView For(ProjectHead project, long projectId) => new(project, IsLoopback ? Warning : null, RunnerCommand(projectId),
        ConfigToml("TOKEN", tls: true), PipelineFile(tls: true), ConfigToml("TOKEN", tls: false), PipelineFile(tls: false),
        fingerprint is null ? null : TrustInstructions.For(settings, fingerprint), IsPlainHttp, settings.RegistryHost);

    /// <summary>What to type where a runner is to run, with the token that it was given.</summary>
    public RunnerSetup ForRunner(string token) => new(token, Register("gitlab-runner", "--token", token), Register("berth-runner", "--token", token), ConfigToml(token, tls: true), IsLoopback ? Warning : null, fingerprint is not null);

    /// <summary>For runners that make themselves known by a registration token, as those before GitLab 16 do.</summary>
    public string RegisterOld(string token) => Register("gitlab-runner", "--registration-token", token);

    /// <summary>Names nothing that a person wrote: it is pasted into a shell.</summary>
    private string Register(string program, string option, string token) => string.Join(" \\\n  ",
    [
        $"{program} register --non-interactive",
        $"--url {settings.ExternalOrigin}/",
        $"{option} {token}",
        .. fingerprint is null ? (string[])[] : ["--tls-ca-file /etc/gitlab-runner/berth-ca.crt"],
        "--executor docker",
        $"--docker-image {Docker}",
        "--docker-privileged",
        "--docker-volumes /certs/client",
        .. fingerprint is null ? (string[])[] : ["--docker-volumes /etc/docker/certs.d:/etc/docker/certs.d:ro"],
        "--docker-volumes /cache",
    ]);

    private string Warning =>
        $"This server calls itself {settings.ExternalOrigin}, and its registry {settings.RegistryHost}. Inside a job's container a loopback name means the container itself, so jobs would not find it. "
        + "Set ExternalUrl to a name that the runner's machine can reach, and restart Berth.";

    private string RunnerCommand(long projectId) => $$"""
        curl --user NAME:PASSWORD {{settings.ExternalOrigin}}/api/v4/user/runners \
          --header 'Content-Type: application/json' \
          --data '{"runner_type":"project_type","project_id":{{projectId}},"description":"my runner","run_untagged":true}'
        """;

    private string ConfigToml(string token, bool tls)
    {
        var volumes = new List<string>();
        if (tls)
            volumes.Add("\"/certs/client\"");
        if (fingerprint is not null)
            volumes.Add("\"/etc/docker/certs.d:/etc/docker/certs.d:ro\"");
        volumes.Add("\"/cache\"");
        return $"""
            [[runners]]
              url = "{settings.ExternalOrigin}/"
              token = "{token}"
            {(fingerprint is null ? "" : "  tls-ca-file = \"/etc/gitlab-runner/berth-ca.crt\"\n")}  executor = "docker"
              [runners.docker]
                tls_verify = false
                image = "{Docker}"
                privileged = true
                disable_cache = false
                volumes = [{string.Join(", ", volumes)}]
              [runners.cache]
                [runners.cache.s3]
                [runners.cache.gcs]
            """;
    }

    private string PipelineFile(bool tls) => $"""
        stages:
          - build

        variables:
        {(tls ? "  DOCKER_TLS_CERTDIR: \"/certs\"" : "  DOCKER_HOST: tcp://docker:2375\n  DOCKER_TLS_CERTDIR: \"\"")}

        build:
          image: {Docker}
          stage: build
          services:
        {(IsPlainHttp ? $"    - name: {Docker}-dind\n      command: [\"--insecure-registry={settings.RegistryHost}\"]" : $"    - {Docker}-dind")}
          variables:
            IMAGE_TAG: $CI_REGISTRY_IMAGE:$CI_COMMIT_REF_SLUG
          script:
            - docker login -u $CI_REGISTRY_USER -p $CI_REGISTRY_PASSWORD $CI_REGISTRY
            - docker build -t $IMAGE_TAG .
            - docker push $IMAGE_TAG
        """;
}
