using System.Text.Json;
using Berth.Tests.Harness;

namespace Berth.Tests.Ci;

public sealed class PipelineTests(TestServer server)
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

    private const string TwoStages = """
        stages: [build, deploy]
        compile: {stage: build, script: [make]}
        lint: {stage: build, script: [lint], allow_failure: true}
        ship: {stage: deploy, script: [ship]}
        clean: {stage: deploy, script: [rm], when: always}
        """;

    [Fact]
    public async Task A_push_makes_a_pipeline_whose_job_a_runner_gets_with_all_that_the_guide_uses()
    {
        using var project = await CiProject.Fresh(server);
        await project.Git.Ok("checkout", "--quiet", "-b", "feature/Foo_bar!");
        var pipeline = await project.Push(Guide);
        Assert.Equal("pending", pipeline.GetProperty("status").GetString());
        var job = await project.Runner.Take();
        var registry = server.Url.Replace("http://", "", StringComparison.Ordinal);
        Assert.Equal(registry, job.Variable("CI_REGISTRY"));
        Assert.Equal($"{registry}/{project.Path}", job.Variable("CI_REGISTRY_IMAGE"));
        Assert.Equal("gitlab-ci-token", job.Variable("CI_REGISTRY_USER"));
        Assert.Equal(job.Token, job.Variable("CI_REGISTRY_PASSWORD"));
        Assert.Equal(job.Token, job.Variable("CI_JOB_TOKEN"));
        Assert.Equal("feature-foo-bar", job.Variable("CI_COMMIT_REF_SLUG"));
        Assert.Equal($"{registry}/{project.Path}:feature-foo-bar", job.Variable("IMAGE_TAG"));
        Assert.Equal("/certs", job.Variable("DOCKER_TLS_CERTDIR"));
        Assert.True(job.VariableEntry("DOCKER_TLS_CERTDIR")!.Value.GetProperty("public").GetBoolean());
        Assert.False(job.VariableEntry("CI_JOB_TOKEN")!.Value.GetProperty("public").GetBoolean());
        Assert.True(job.VariableEntry("CI_REGISTRY_PASSWORD")!.Value.GetProperty("masked").GetBoolean());
        Assert.Equal("docker:20.10.16", job.Payload.GetProperty("image").GetProperty("name").GetString());
        Assert.Equal("docker:20.10.16-dind", job.Payload.GetProperty("services")[0].GetProperty("name").GetString());
        Assert.Equal(3, job.Payload.GetProperty("steps")[0].GetProperty("script").GetArrayLength());
        Assert.Equal(registry, job.Payload.GetProperty("credentials")[0].GetProperty("url").GetString());
        await job.End("success");
        Assert.Equal("success", await project.PipelineStatus(pipeline));
    }

    [Fact]
    public async Task Every_field_of_the_payload_has_the_type_of_the_recorded_one()
    {
        using var project = await CiProject.Fresh(server);
        await project.Push(Guide);
        var payload = (await project.Runner.Take()).Payload;
        Assert.Empty(Differences(JsonDocument.Parse(RecordedPayload).RootElement, payload, ""));
    }

    [Fact]
    public async Task The_jobs_code_is_fetched_by_its_token_as_the_runner_does()
    {
        using var project = await CiProject.Fresh(server);
        await project.Push(Guide);
        var job = await project.Runner.Take();
        var info = job.Payload.GetProperty("git_info");
        using var runner = new GitClient();
        await runner.Ok("init", "--quiet");
        await runner.Ok(["-c", "protocol.version=2", "fetch", info.GetProperty("repo_url").GetString()!, .. info.GetProperty("refspecs").EnumerateArray().Select(spec => spec.GetString()!), "--depth", "20"]);
        await runner.Ok("checkout", "-f", "-q", info.GetProperty("sha").GetString()!);
        Assert.True(File.Exists(Path.Combine(runner.Work, ".gitlab-ci.yml")));
        await runner.Fails("push", info.GetProperty("repo_url").GetString()!, "HEAD:refs/heads/other");
        await job.End("success");
        Assert.Contains("Access denied", await runner.Fails("fetch", info.GetProperty("repo_url").GetString()!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stages_run_one_after_the_other_and_a_failure_skips_what_waits_for_success()
    {
        using var project = await CiProject.Fresh(server);
        var pipeline = await project.Push(TwoStages);
        var (compile, lint) = (await project.Runner.Take(), await project.Runner.Take());
        Assert.Equal(("compile", "lint"), (compile.Name, lint.Name));
        Assert.Equal("created", (await project.Jobs(pipeline))["ship"]);
        await lint.End("failed", "script_failure", 1);
        await compile.End("failed", "script_failure", 2);
        Assert.Equal("skipped", (await project.Jobs(pipeline))["ship"]);
        var clean = await project.Runner.Take();
        Assert.Equal("clean", clean.Name);
        await clean.End("success");
        Assert.Equal("failed", await project.PipelineStatus(pipeline));
    }

    [Fact]
    public async Task An_allowed_failure_lets_the_pipeline_go_on_and_succeed()
    {
        using var project = await CiProject.Fresh(server);
        var pipeline = await project.Push(TwoStages);
        await (await project.Runner.Take()).End("success");
        await (await project.Runner.Take()).End("failed", "script_failure", 1);
        await (await project.Runner.Take()).End("success");
        await (await project.Runner.Take()).End("success");
        Assert.Equal("success", await project.PipelineStatus(pipeline));
    }

    [Fact]
    public async Task A_retried_job_runs_again_and_brings_back_what_was_skipped()
    {
        using var project = await CiProject.Fresh(server);
        var pipeline = await project.Push(TwoStages);
        var compile = await project.Runner.Take();
        await (await project.Runner.Take()).End("success");
        await compile.End("failed", "script_failure", 2);
        var again = await project.Post($"jobs/{compile.Id}/retry");
        Assert.NotEqual(compile.Id, again.GetProperty("id").GetInt64());
        Assert.Equal("created", (await project.Jobs(pipeline))["ship"]);
        var taken = new List<string>();
        for (var left = 3; left > 0; left--)
        {
            var job = await project.Runner.Take();
            taken.Add(job.Name);
            await job.End("success");
        }
        Assert.Equal(["clean", "compile", "ship"], taken.Order(StringComparer.Ordinal));
        Assert.Equal("success", await project.PipelineStatus(pipeline));
    }

    [Theory]
    [InlineData("Change [skip ci]")]
    [InlineData("Change\n\n[ci skip] please")]
    public async Task Skip_words_in_the_message_make_a_skipped_pipeline(string message)
    {
        using var project = await CiProject.Fresh(server);
        var pipeline = await project.Push(Guide, message);
        Assert.Equal("skipped", pipeline.GetProperty("status").GetString());
        Assert.Empty(await project.Jobs(pipeline));
    }

    [Fact]
    public async Task A_bad_file_makes_a_failed_pipeline_that_says_every_error_with_its_place()
    {
        using var project = await CiProject.Fresh(server);
        var pipeline = await project.Push("build:\n  stage: nowhere\n  script: echo\ntest:\n  image: busybox\n");
        Assert.Equal("failed", pipeline.GetProperty("status").GetString());
        var errors = pipeline.GetProperty("yaml_errors").GetString();
        Assert.Contains("build job: chosen stage", errors, StringComparison.Ordinal);
        Assert.Contains("jobs:test config should implement the script:, run:, or trigger: keyword", errors, StringComparison.Ordinal);
        Assert.Contains("line ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_makes_a_pipeline_of_its_own_and_a_deleted_branch_none()
    {
        using var project = await CiProject.Fresh(server);
        await project.Push(Guide);
        await project.Git.Ok("tag", "v1.0");
        await project.Git.Ok("push", "--quiet", "origin", "v1.0");
        var job = await project.Runner.Take();
        await job.End("success");
        var ofTag = await project.Runner.Take();
        Assert.Equal("v1.0", ofTag.Variable("CI_COMMIT_TAG"));
        Assert.Null(ofTag.Variable("CI_COMMIT_BRANCH"));
        Assert.Equal("v1-0", ofTag.Variable("CI_COMMIT_REF_SLUG"));
        await project.Git.Ok("push", "--quiet", "origin", ":v1.0");
        await project.Git.Ok("push", "--quiet", "origin", "HEAD:other");
        await project.PipelineOf(await project.Git.Head());
        await Eventually.True(async () => (await project.Pipelines()).Count == 3);
    }

    [Fact]
    public async Task Rules_see_branch_project_variables_and_push_options()
    {
        using var project = await CiProject.Fresh(server);
        await project.Post("variables", new { key = "WANTED", value = "yes" });
        var pipeline = await project.Push("""
            by_branch: {script: [a], rules: [{if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH'}]}
            by_variable: {script: [a], rules: [{if: '$WANTED == "yes"'}]}
            by_option: {script: [a], rules: [{if: '$GIVEN =~ /^a+$/'}]}
            never: {script: [a], rules: [{if: '$CI_COMMIT_TAG'}]}
            """, "Change", "-o", "ci.variable=GIVEN=aaa");
        Assert.Equal(["by_branch", "by_option", "by_variable"], (await project.Jobs(pipeline)).Keys.Order(StringComparer.Ordinal));
    }

    /// <summary>What a runner of GitLab was given and accepted, as far as both have it.</summary>
    private const string RecordedPayload = """
        {"id":2,"token":"t","allow_git_fetch":true,"job_info":{"name":"build","stage":"build","project_id":1,"project_name":"project"},
         "git_info":{"repo_url":"http://h/p.git","ref":"main","sha":"43b6","before_sha":"0000","ref_type":"branch","refspecs":["+a:b"],"depth":0},
         "runner_info":{"timeout":600},"variables":[{"key":"A","value":"b","public":true,"masked":false}],
         "steps":[{"name":"script","script":["a"],"timeout":600,"when":"on_success","allow_failure":false}],
         "image":{"name":"docker:20.10.16"},"services":[{"name":"docker:20.10.16-dind"}],"artifacts":[],"cache":[],
         "credentials":[{"type":"registry","url":"h","username":"u","password":"p"}],"dependencies":[],"features":{"trace_sections":true}}
        """;

    /// <summary>Where <paramref name="actual"/> lacks a field of the expected document, or has it with another type.</summary>
    private static IEnumerable<string> Differences(JsonElement expected, JsonElement actual, string path)
    {
        if (Kind(expected) != Kind(actual))
            return [$"{path} is {actual.ValueKind}, not {expected.ValueKind}"];
        return expected.ValueKind switch
        {
            JsonValueKind.Object => expected.EnumerateObject().SelectMany(field => actual.TryGetProperty(field.Name, out var value)
                ? Differences(field.Value, value, $"{path}.{field.Name}")
                : [$"{path}.{field.Name} is missing"]),
            JsonValueKind.Array when expected.GetArrayLength() > 0 => actual.EnumerateArray().SelectMany(item => Differences(expected[0], item, path + "[]")),
            _ => [],
        };
    }

    private static JsonValueKind Kind(JsonElement element) => element.ValueKind == JsonValueKind.False ? JsonValueKind.True : element.ValueKind;
}
