using System.Text.Json;
using Berth.Pipelines;

namespace Berth.Tests.Pipelines;

public sealed class KeywordTests
{
    private static string Json<T>(T value) => JsonSerializer.Serialize(value);

    [Theory]
    [InlineData("script: one", "one")]
    [InlineData("script: [one, two]", "one|two")]
    [InlineData("script:\n  - |\n    one\n    two\n  - three", "one\ntwo\n|three")]
    [InlineData("script: [one, [two, [three, []]]]", "one|two|three")]
    [InlineData("script: [[[[[[[[[[ten]]]]]]]]]]", "ten")]
    public void A_script_is_a_string_or_lists_of_strings(string body, string lines) =>
        Assert.Equal(lines.Split('|'), PipelineText.JobOf(body).Script);

    [Fact]
    public void Before_script_and_after_script_take_the_same_forms()
    {
        var job = PipelineText.JobOf("before_script: [a, [b]]\nafter_script: c\nscript: d");
        Assert.Equal(["a", "b"], job.BeforeScript);
        Assert.Equal(["c"], job.AfterScript);
    }

    [Theory]
    [InlineData("image: alpine", """{"Name":"alpine","Entrypoint":null,"PullPolicies":[],"Platform":null,"User":null}""")]
    [InlineData("image: {name: $REPO/x, entrypoint: ['']}", """{"Name":"$REPO/x","Entrypoint":[""],"PullPolicies":[],"Platform":null,"User":null}""")]
    [InlineData("image: {name: a, entrypoint: sh, pull_policy: always}", """{"Name":"a","Entrypoint":["sh"],"PullPolicies":["always"],"Platform":null,"User":null}""")]
    [InlineData("image: {name: a, pull_policy: [if-not-present, never], docker: {platform: linux/arm64, user: 1000}}", """{"Name":"a","Entrypoint":null,"PullPolicies":["if-not-present","never"],"Platform":"linux/arm64","User":"1000"}""")]
    [InlineData("image:", "null")]
    public void An_image_is_a_string_or_a_map(string body, string json) => Assert.Equal(json, Json(PipelineText.JobOf(body).Image));

    [Fact]
    public void Services_are_strings_and_maps_in_order()
    {
        var services = PipelineText.JobOf("""
            services:
              - docker:dind
              - name: postgres:15
                alias: db,database
                entrypoint: [docker-entrypoint.sh]
                command: ["postgres", "-c", "fsync=off"]
                variables: { POSTGRES_PASSWORD: secret, PORT: 5432 }
                pull_policy: never
            """).Services;
        Assert.Equal("docker:dind", services[0].Image.Name);
        Assert.Equal((null, null, 0), (services[0].Alias, services[0].Command, services[0].Variables.Count));
        Assert.Equal(("postgres:15", "db,database"), (services[1].Image.Name, services[1].Alias));
        Assert.Equal(["docker-entrypoint.sh"], services[1].Image.Entrypoint!);
        Assert.Equal(["postgres", "-c", "fsync=off"], services[1].Command!);
        Assert.Equal(["never"], services[1].Image.PullPolicies);
        Assert.Equal([new VariableDefinition("POSTGRES_PASSWORD", "secret", false), new VariableDefinition("PORT", "5432", false)], services[1].Variables);
    }

    [Theory]
    [InlineData("text", "text", false)]
    [InlineData("'010'", "010", false)]
    [InlineData("010", "8", false)]
    [InlineData("yes", "true", false)]
    [InlineData("'yes'", "yes", false)]
    [InlineData("off", "false", false)]
    [InlineData("1:30", "90", false)]
    [InlineData("3.10", "3.1", false)]
    [InlineData("5", "5", false)]
    [InlineData("''", "", false)]
    [InlineData("", "", false)]
    [InlineData("{value: $A, expand: false}", "$A", true)]
    [InlineData("{value: 7}", "7", false)]
    [InlineData("{value: a, expand: true}", "a", false)]
    public void A_variable_becomes_the_string_that_GitLab_makes_of_it(string yaml, string value, bool isRaw) =>
        Assert.Equal([new VariableDefinition("V", value, isRaw)], PipelineText.JobOf($"variables:\n  V: {yaml}").Variables);

    [Fact]
    public void Global_variables_may_have_description_and_options() => Assert.Equal(
        [new VariableDefinition("TARGET", "staging", false), new VariableDefinition("NOTE", "", false)],
        PipelineText.Valid("""
            variables:
              TARGET: { value: staging, description: where to, options: [staging, production] }
              NOTE: { description: what for }
            x: { script: a }
            """).Variables);

    [Theory]
    [InlineData("stages: [one, two]", ".pre one two .post")]
    [InlineData("stages: [.post, one, .pre, one]", ".pre one .post")]
    [InlineData("image: a", ".pre build test deploy .post")]
    public void Stages_have_pre_and_post_around_them(string line, string stages) => Assert.Equal(
        stages.Split(' '), PipelineText.Valid($"{line}\nx: {{script: a, stage: .pre}}\n").Stages);

    [Fact]
    public void Artifacts_keep_all_their_keys() => Assert.Equal(
        """{"Name":"$CI_JOB_NAME","Paths":["out/"],"Exclude":["out/*.tmp"],"Untracked":true,"When":"on_failure","ExpireIn":"1 week","ExposeAs":"out"}""",
        Json(PipelineText.JobOf("artifacts: {name: $CI_JOB_NAME, paths: [out/], exclude: ['out/*.tmp'], untracked: true, when: on_failure, expire_in: 1 week, expose_as: out}").Artifacts));

    [Theory]
    [InlineData("timeout: 90", 90)]
    [InlineData("timeout: 1h 30m", 5400)]
    [InlineData("timeout: 3 hours", 10800)]
    [InlineData("timeout: 1:30", 90)]
    public void A_timeout_is_a_duration(string body, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), PipelineText.JobOf(body).Timeout);

    [Theory]
    [InlineData("retry: 2", """{"Max":2,"When":[],"ExitCodes":[]}""")]
    [InlineData("retry: {max: 1, when: [script_failure, api_failure], exit_codes: [137, 1]}", """{"Max":1,"When":["script_failure","api_failure"],"ExitCodes":[137,1]}""")]
    [InlineData("retry: {max: 1, when: always, exit_codes: 3}", """{"Max":1,"When":[],"ExitCodes":[]}""")]
    [InlineData("retry: {max: 2, exit_codes: 3}", """{"Max":2,"When":[],"ExitCodes":[3]}""")]
    public void A_retry_is_a_number_or_a_map(string body, string json) => Assert.Equal(json, Json(PipelineText.JobOf(body).Retry));

    [Theory]
    [InlineData("allow_failure: true", true, "")]
    [InlineData("allow_failure: false", false, "")]
    [InlineData("allow_failure: {exit_codes: 137}", false, "137")]
    [InlineData("allow_failure: {exit_codes: [1, 2]}", false, "1 2")]
    public void Allow_failure_is_a_boolean_or_exit_codes(string body, bool always, string codes)
    {
        var job = PipelineText.JobOf(body);
        Assert.Equal((always, codes), (job.AllowFailure, string.Join(' ', job.AllowFailureExitCodes)));
    }

    [Theory]
    [InlineData("environment: review/$CI_COMMIT_REF_NAME", "review/$CI_COMMIT_REF_NAME")]
    [InlineData("environment: {name: production}", "production")]
    public void An_environment_keeps_its_name(string body, string name) => Assert.Equal(name, PipelineText.JobOf(body).Environment);

    [Fact]
    public void Tags_may_be_numbers() => Assert.Equal(["docker", "12"], PipelineText.JobOf("tags: [docker, 12]").Tags);

    [Fact]
    public void A_job_takes_defaults_whole_and_its_own_keys_replace_them()
    {
        var definition = PipelineText.Valid("""
            default:
              image: { name: a, entrypoint: [sh] }
              before_script: [default]
              after_script: [after]
              services: [s]
              tags: [t]
              retry: 1
              timeout: 1h
              interruptible: true
              artifacts: { paths: [p] }
            plain: { script: x }
            own:
              script: x
              image: b
              before_script: []
              services: []
              tags: []
              retry: 0
              timeout: 2h
              interruptible: false
            """);
        var (plain, own) = (definition.Jobs[0], definition.Jobs[1]);
        Assert.Equal(("a", "default", "after", "s", "t"), (plain.Image!.Name, plain.BeforeScript[0], plain.AfterScript[0], plain.Services[0].Image.Name, plain.Tags[0]));
        Assert.Equal((1, TimeSpan.FromHours(1), true, "p"), (plain.Retry!.Max, plain.Timeout, plain.Interruptible, plain.Artifacts!.Paths[0]));
        Assert.Equal(("b", null), (own.Image!.Name, own.Image.Entrypoint));
        Assert.Equal((0, 0, 0), (own.BeforeScript.Count, own.Services.Count, own.Tags.Count));
        Assert.Equal((0, TimeSpan.FromHours(2), false, "after"), (own.Retry!.Max, own.Timeout, own.Interruptible, own.AfterScript[0]));
    }

    [Fact]
    public void Keywords_at_the_root_are_the_old_form_of_defaults()
    {
        var job = PipelineText.Job("image: a\nservices: [s]\nbefore_script: [b]\nafter_script: [c]\nx: {script: d}\n");
        Assert.Equal(("a", "s", "b", "c"), (job.Image!.Name, job.Services[0].Image.Name, job.BeforeScript[0], job.AfterScript[0]));
    }

    [Theory]
    [InlineData("inherit: {default: false}", null, 0, null)]
    [InlineData("inherit: {default: [image]}", "a", 0, null)]
    [InlineData("inherit: {default: true, variables: false}", "a", 1, "")]
    [InlineData("inherit: {variables: [ONE]}", "a", 1, "ONE")]
    public void Inherit_says_what_a_job_takes_over(string line, string? image, int beforeScripts, string? variables)
    {
        var job = PipelineText.Job($"default: {{image: a, before_script: b}}\nvariables: {{ONE: 1, TWO: 2}}\nx:\n  script: c\n  {line}\n");
        Assert.Equal((image, beforeScripts), (job.Image?.Name, job.BeforeScript.Count));
        Assert.Equal(variables, job.InheritedVariables is { } names ? string.Join(' ', names) : null);
    }

    [Fact]
    public void Needs_are_names_and_maps() => Assert.Equal(
        [new NeedDefinition("a", true, false), new NeedDefinition("b", false, true)],
        PipelineText.Valid("""
            a: { script: x }
            b: { script: x }
            c: { script: x, needs: [a, { job: b, artifacts: false, optional: true }], dependencies: [a] }
            """).Jobs[2].Needs!);

    [Fact]
    public void Hidden_jobs_may_hold_anything() => Assert.Equal("x", PipelineText.Job(".a: [1, two]\n.b:\n.c: {foo: bar, cache: {}}\nx: {script: y}\n").Name);

    [Fact]
    public void Null_is_the_same_as_not_given()
    {
        var job = PipelineText.Job("default: {image: a}\nx: {script: b, image: null, rules: null, needs: null, tags: ~}\n");
        Assert.Equal(("a", null, null), (job.Image!.Name, job.Rules, job.Needs));
    }
}
