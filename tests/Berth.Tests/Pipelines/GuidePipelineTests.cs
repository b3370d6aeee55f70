using Berth.Pipelines;

namespace Berth.Tests.Pipelines;

/// <summary>The file of the guide that Berth exists for, byte for byte.</summary>
public sealed class GuidePipelineTests
{
    private const string Guide = """
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

    [Fact]
    public void The_guides_file_becomes_one_job_with_image_service_variables_and_script()
    {
        var definition = PipelineText.Valid(Guide);
        Assert.Equal([".pre", "build", ".post"], definition.Stages);
        var planned = definition.Plan(PipelineText.Push("main"));
        Assert.Null(planned.Error);
        var job = Assert.Single(planned.Jobs);
        Assert.Equal(("build", "build", 0), (job.Name, job.Stage, job.StageIndex));
        Assert.Equal("docker:20.10.16", job.Image!.Name);
        Assert.Null(job.Image.Entrypoint);
        Assert.Equal("docker:20.10.16-dind", Assert.Single(job.Services).Image.Name);
        Assert.Equal(
            [
                new VariableDefinition("DOCKER_TLS_CERTDIR", "/certs", false),
                new VariableDefinition("IMAGE_TAG", "$CI_REGISTRY_IMAGE:$CI_COMMIT_REF_SLUG", false),
            ],
            job.Variables);
        Assert.Equal(
            [
                "docker login -u $CI_REGISTRY_USER -p $CI_REGISTRY_PASSWORD $CI_REGISTRY",
                "docker build -t $IMAGE_TAG .",
                "docker push $IMAGE_TAG",
            ],
            job.Script);
        Assert.Equal((JobWhen.OnSuccess, false, 0), (job.When, job.AllowFailure, job.Retries));
        Assert.Empty(job.AfterScript);
    }

    [Fact]
    public void The_guides_variables_without_TLS_keep_the_empty_string()
    {
        var definition = PipelineText.Valid("""
            variables:
              DOCKER_HOST: tcp://docker:2375
              DOCKER_TLS_CERTDIR: ""
            build:
              script: docker info
            """);
        Assert.Equal(
            [new VariableDefinition("DOCKER_HOST", "tcp://docker:2375", false), new VariableDefinition("DOCKER_TLS_CERTDIR", "", false)],
            definition.Variables);
    }
}
