namespace Berth.Acceptance.Guide;

/// <summary>The files that the guide to GitLab's container registry tells its readers to write, byte for byte.</summary>
internal static class GuideFiles
{
    /// <summary>.gitlab-ci.yml</summary>
    public const string Pipeline = """
        stages:
          - build

        variables:
          DOCKER_TLS_CERTDIR: "/certs"

        build:
          image: docker:20.10.16
          stage: build
          services:
            - docker:20.10.16-dind
          variables:
            IMAGE_TAG: $CI_REGISTRY_IMAGE:$CI_COMMIT_REF_SLUG
          script:
            - docker login -u $CI_REGISTRY_USER -p $CI_REGISTRY_PASSWORD $CI_REGISTRY
            - docker build -t $IMAGE_TAG .
            - docker push $IMAGE_TAG

        """;

    /// <summary>What config.toml has of its own in the guide and a reader replaces.</summary>
    private const string Url = "\"https://gitlab.com/\"";

    private const string Token = "TOKEN";

    private const string Settings = """
        [[runners]]
          url = "https://gitlab.com/"
          token = TOKEN
          executor = "docker"
          [runners.docker]
            tls_verify = false
            image = "docker:20.10.16"
            privileged = true
            disable_cache = false
            volumes = ["/certs/client", "/cache"]
          [runners.cache]
            [runners.cache.s3]
            [runners.cache.gcs]

        """;

    /// <summary>The same as <see cref="Pipeline"/> after the guide's "if TLS has to be off".</summary>
    public static string PipelineWithoutTls => Replace(Pipeline,
        """
        variables:
          DOCKER_TLS_CERTDIR: "/certs"
        """,
        """
        variables:
          DOCKER_HOST: tcp://docker:2375
          DOCKER_TLS_CERTDIR: ""
        """);

    /// <summary>config.toml.</summary>
    public static string Config(string url, string token) => Replace(Replace(Settings, Url, $"\"{url}\""), Token, $"\"{token}\"");

    /// <summary>config.toml after the guide's "if TLS has to be off".</summary>
    public static string ConfigWithoutTls(string url, string token) => Replace(Config(url, token), """["/certs/client", "/cache"]""", """["/cache"]""");

    /// <summary>The guide's, for several jobs at once.</summary>
    public static Func<string, string, string> ConfigFor(int concurrent) => (url, token) => $"concurrent = {concurrent}\n{Config(url, token)}";

    private static string Replace(string text, string old, string replacement)
    {
        Assert.Contains(old, text, StringComparison.Ordinal);
        return text.Replace(old, replacement, StringComparison.Ordinal);
    }
}
