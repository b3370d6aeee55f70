using System.Text.Json.Nodes;

namespace Berth.Acceptance.Runner;

/// <summary>The guide's job: docker login, build and push in docker:20.10.16 beside docker:20.10.16-dind.</summary>
public sealed class DockerInDockerTests
{
    private const string Volumes = "privileged = true\n    disable_cache = false\n    tls_verify = false\n    ";

    [Fact]
    public async Task The_guides_job_pushes_an_image_with_TLS_between_docker_and_its_service()
    {
        await using var setting = await JobSetting.Start(Volumes + "volumes = [\"/certs/client\", \"/cache\"]");

        await PushesAnImage(setting, Payload.Variable("DOCKER_TLS_CERTDIR", "/certs"));
    }

    [Fact]
    public async Task The_guides_job_pushes_an_image_without_TLS_between_docker_and_its_service()
    {
        await using var setting = await JobSetting.Start(Volumes + "volumes = [\"/cache\"]");

        await PushesAnImage(setting, Payload.Variable("DOCKER_TLS_CERTDIR", ""), Payload.Variable("DOCKER_HOST", "tcp://docker:2375"));
    }

    private static async Task PushesAnImage(JobSetting setting, params JsonObject[] variables)
    {
        await using var registry = await TestRegistry.Start(setting.Engine.Address);
        await registry.Push(setting.Engine, "busybox:latest", "group/project:base");
        using var repository = await TestRepository.Create(
            ("Dockerfile", $"FROM {registry.Host}/group/project:base\nCOPY hello /hello\nRUN cat /hello && echo built >/built\nCMD [\"cat\", \"/hello\", \"/built\"]\n"),
            ("hello", "hello from the guide\n"));
        setting.Coordinator.Repository = repository.GitDirectory;
        var sha = await repository.Head();

        var job = setting.Coordinator.Add((_, token) =>
        {
            var payload = Payload.Script(
                    "docker login -u $CI_REGISTRY_USER -p $CI_REGISTRY_PASSWORD $CI_REGISTRY",
                    "docker build -t $IMAGE_TAG .",
                    "docker push $IMAGE_TAG")
                .WithSources(setting.Coordinator, token, sha)
                .With("image", new JsonObject { ["name"] = "docker:20.10.16" })
                .With("services", new JsonArray(new JsonObject
                {
                    ["name"] = "docker:20.10.16-dind",
                    ["command"] = new JsonArray($"--insecure-registry={registry.Host}"),
                }))
                .WithVariable(Payload.Variable("CI_REGISTRY", registry.Host))
                .WithVariable(Payload.Variable("CI_REGISTRY_USER", TestRegistry.User))
                .WithVariable(Payload.Variable("CI_REGISTRY_PASSWORD", "$PASSWORD_OF_THE_TEST", isPublic: false, isMasked: true))
                .WithVariable(Payload.Variable("PASSWORD_OF_THE_TEST", TestRegistry.Password, isPublic: false))
                .WithVariable(Payload.Variable("CI_REGISTRY_IMAGE", $"{registry.Host}/group/project"))
                .WithVariable(Payload.Variable("CI_COMMIT_REF_SLUG", "main"))
                .WithVariable(Payload.Variable("IMAGE_TAG", "$CI_REGISTRY_IMAGE:$CI_COMMIT_REF_SLUG"));
            foreach (var variable in variables)
                payload.WithVariable(variable);
            // The shell splits what is not in quotes, as it does for anyone; this password needs them.
            payload["steps"]![0]!["script"]![0] = "docker login -u $CI_REGISTRY_USER -p \"$CI_REGISTRY_PASSWORD\" $CI_REGISTRY";
            return payload;
        });

        (await job.Ended()).Succeeded();
        Assert.Contains("Login Succeeded", job.Trace, StringComparison.Ordinal);
        Assert.DoesNotContain("probably didn't start properly", job.Trace, StringComparison.Ordinal);
        Assert.Equal("hello from the guide\nbuilt\n", await registry.PullAndRun(setting.Engine, "group/project:main"));
    }
}
