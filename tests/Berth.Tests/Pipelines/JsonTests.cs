using System.Text.Json;
using Berth.Pipelines;

namespace Berth.Tests.Pipelines;

public sealed class JsonTests
{
    private const string Everything = """
        stages: [build, test]
        variables: { G: g }
        workflow: { rules: [{ if: $CI_COMMIT_BRANCH, variables: { W: w } }] }
        a: { script: x, stage: build }
        b:
          stage: test
          image: { name: i, entrypoint: [""], pull_policy: always, docker: { platform: linux/amd64, user: root } }
          services: [s, { name: t, alias: u, command: [v], variables: { SV: $G } }]
          before_script: [one]
          script: [two]
          after_script: [three]
          variables: { R: { value: $G, expand: false } }
          tags: [docker]
          allow_failure: { exit_codes: [3] }
          artifacts: { name: n, paths: [p], exclude: [e], untracked: true, when: always, expire_in: 1 week, expose_as: x }
          dependencies: [a]
          needs: [{ job: a, artifacts: false }]
          timeout: 1h 30m
          retry: { max: 2, when: script_failure, exit_codes: 4 }
          interruptible: true
          environment: production
          rules: [{ if: $CI_COMMIT_BRANCH, when: on_failure }]
        """;

    [Fact]
    public void A_planned_job_survives_JSON_with_every_field()
    {
        var planned = PipelineText.Valid(Everything).Plan(PipelineText.Push("main"));
        foreach (var job in planned.Jobs)
        {
            var json = JsonSerializer.Serialize(job);
            Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<PlannedJob>(json)));
        }
        var full = JsonSerializer.Serialize(planned.Jobs[1]);
        Assert.Contains("\"When\":\"on_failure\"", full, StringComparison.Ordinal);
        Assert.Contains("\"Timeout\":\"01:30:00\"", full, StringComparison.Ordinal);
        Assert.Contains("\"RetryWhen\":[\"script_failure\"],\"RetryExitCodes\":[4]", full, StringComparison.Ordinal);
        // A field that is null or empty here is one that the round trip does not test.
        Assert.DoesNotContain("null,\"Artifacts\"", full, StringComparison.Ordinal);
        foreach (var property in JsonDocument.Parse(full).RootElement.EnumerateObject())
            Assert.False(property.Value.ValueKind == JsonValueKind.Null || property.Value.ValueKind == JsonValueKind.Array && property.Value.GetArrayLength() == 0, property.Name);
    }

    [Fact]
    public void A_definition_survives_JSON_and_plans_the_same()
    {
        var definition = PipelineText.Valid(Everything);
        var read = JsonSerializer.Deserialize<PipelineDefinition>(JsonSerializer.Serialize(definition))!;
        Assert.Equal(
            JsonSerializer.Serialize(definition.Plan(PipelineText.Push("main"))),
            JsonSerializer.Serialize(read.Plan(PipelineText.Push("main"))));
    }
}
