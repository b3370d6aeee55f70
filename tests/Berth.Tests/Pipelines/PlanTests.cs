using Berth.Pipelines;

namespace Berth.Tests.Pipelines;

public sealed class PlanTests
{
    private const string NoJobs =
        "Pipeline will not run for the selected trigger. The rules configuration prevented any jobs from being added to the pipeline.";

    private static string Names(string text, PipelineContext context) => string.Join(' ', PipelineText.Valid(text).Plan(context).Names());

    [Theory]
    [InlineData("only: [main]", true, false, false)]
    [InlineData("only: [branches]", true, true, false)]
    [InlineData("only: [tags]", false, false, true)]
    [InlineData("only: [/^feat/]", false, true, false)]
    [InlineData("only: [/^FEAT/i, v1]", false, true, true)]
    [InlineData("only: [pushes]", true, true, true)]
    [InlineData("only: [push]", true, true, true)]
    [InlineData("only: [web, schedules]", false, false, false)]
    [InlineData("only: [main@group/app]", true, false, false)]
    [InlineData("only: [main@other/app]", false, false, false)]
    [InlineData("only: [/^feat/@group/app]", false, true, false)]
    [InlineData("only: {refs: [branches], variables: [$CI_COMMIT_REF_NAME == 'main']}", true, false, false)]
    [InlineData("only: {variables: [$NONE, $CI_COMMIT_TAG]}", false, false, true)]
    [InlineData("except: [main]", false, true, true)]
    [InlineData("except: [tags]", true, true, false)]
    [InlineData("except: {variables: [$CI_COMMIT_REF_NAME =~ /feature/]}", true, false, true)]
    [InlineData("except: {refs: [main], variables: [$CI_COMMIT_TAG]}", false, true, false)]
    [InlineData("only: [branches]\n  except: [main]", false, true, false)]
    [InlineData("when: always", true, true, true)]
    public void Only_and_except_choose_by_ref(string line, bool onMain, bool onFeature, bool onTag)
    {
        var text = $"always: {{script: a}}\nx:\n  script: b\n  {line}\n";
        Assert.Equal(onMain ? "always x" : "always", Names(text, PipelineText.Push("main")));
        Assert.Equal(onFeature ? "always x" : "always", Names(text, PipelineText.Push("feature/a")));
        Assert.Equal(onTag ? "always x" : "always", Names(text, PipelineText.PushTag("v1")));
    }

    [Theory]
    [InlineData("rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]", "main", "OnSuccess False")]
    [InlineData("rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]", "other", null)]
    [InlineData("rules: [{if: $NONE, when: always}, {when: manual}]", "main", "Manual False")]
    [InlineData("rules: [{when: never}, {when: always}]", "main", null)]
    [InlineData("rules: [{when: manual, allow_failure: true}]", "main", "Manual True")]
    [InlineData("rules: [{if: $CI}]\n  when: always", "main", null)]
    [InlineData("rules: [{if: $CI_COMMIT_BRANCH}]\n  when: on_failure", "main", "OnFailure False")]
    [InlineData("rules: [{if: $CI_COMMIT_BRANCH, when: on_success}]\n  when: manual", "main", "OnSuccess True")]
    [InlineData("rules: [{allow_failure: true}]", "main", "OnSuccess True")]
    [InlineData("when: manual", "main", "Manual True")]
    [InlineData("when: manual\n  allow_failure: false", "main", "Manual False")]
    [InlineData("when: on_failure", "main", "OnFailure False")]
    [InlineData("rules: [[{if: $NONE}, [{if: $CI_COMMIT_BRANCH, when: always}]]]", "main", "Always False")]
    public void The_first_rule_that_matches_decides(string line, string branch, string? expected)
    {
        var planned = PipelineText.Valid($"y: {{script: a}}\nx:\n  script: b\n  {line}\n").Plan(PipelineText.Push(branch));
        var job = planned.Jobs.SingleOrDefault(job => job.Name == "x");
        Assert.Equal(expected, job is null ? null : $"{job.When} {job.AllowFailure}");
    }

    [Fact]
    public void Rules_see_variables_by_precedence_with_references_resolved()
    {
        const string Text = """
            variables: { GLOBAL: global, BOTH: global, REF: "$CI_COMMIT_REF_NAME-$GLOBAL", CI_DEFAULT_BRANCH: trunk }
            x:
              script: a
              variables: { BOTH: job }
              rules:
                - if: $GLOBAL == "global" && $BOTH == "job" && $REF == "main-global" && $CI_DEFAULT_BRANCH == "trunk" && $SETTING == "set"
            """;
        var context = PipelineText.Push("main") with { Overrides = new Dictionary<string, string> { ["SETTING"] = "set" } };
        Assert.Equal("x", Names(Text, context));
        Assert.Equal("", Names(Text, context with { Overrides = new Dictionary<string, string> { ["SETTING"] = "set", ["GLOBAL"] = "over" } }));
    }

    [Fact]
    public void A_dollar_in_a_predefined_value_is_an_ordinary_character() => Assert.Equal(
        "x",
        Names("x: {script: a, rules: [{if: $CI_COMMIT_MESSAGE == '$GLOBAL'}]}\nvariables: {GLOBAL: b}\n", PipelineText.Push("main", ("CI_COMMIT_MESSAGE", "$GLOBAL"))));

    [Fact]
    public void Variables_of_the_workflow_rule_the_job_and_its_rule_win_in_this_order()
    {
        var job = PipelineText.Valid("""
            variables: { A: global, B: global, C: global, D: global }
            workflow:
              rules:
                - if: $CI_COMMIT_BRANCH
                  variables: { B: workflow, C: workflow, D: workflow }
            x:
              script: a
              variables: { C: job, D: job }
              rules:
                - variables: { D: rule, E: rule }
            """).Plan(PipelineText.Push("main")).Jobs[0];
        Assert.Equal("A=global B=workflow C=job D=rule E=rule", string.Join(' ', job.Variables.Select(variable => $"{variable.Key}={variable.Value}")));
    }

    [Fact]
    public void A_job_without_inherited_variables_has_its_own_only() => Assert.Equal(
        [new VariableDefinition("B", "2", false), new VariableDefinition("D", "4", false)],
        PipelineText.Valid("variables: {A: 1, B: 2}\nx: {script: a, inherit: {variables: [B]}, variables: {D: 4}}\n")
            .Plan(PipelineText.Push("main")).Jobs[0].Variables);

    [Theory]
    [InlineData("[{if: $CI_COMMIT_TAG}]", "Pipeline filtered out by workflow rules.")]
    [InlineData("[{if: $CI_COMMIT_BRANCH, when: never}, {when: always}]", "Pipeline filtered out by workflow rules.")]
    [InlineData("[{when: always}]", null)]
    [InlineData("[{if: $CI_COMMIT_BRANCH}]", null)]
    public void Workflow_rules_decide_whether_there_is_a_pipeline(string rules, string? error)
    {
        var planned = PipelineText.Valid($"workflow: {{rules: {rules}}}\nx: {{script: a}}\n").Plan(PipelineText.Push("main"));
        Assert.Equal((error, false), (planned.Error, planned.IsFailure));
        Assert.Equal(error is null ? 1 : 0, planned.Jobs.Count);
    }

    [Theory]
    [InlineData("x: {script: a, rules: [{if: $NONE}]}")]
    [InlineData("x: {script: a, only: [tags]}")]
    [InlineData("x: {script: a, stage: .pre}\ny: {script: b, stage: .post}\nz: {script: c, only: [tags]}")]
    public void A_pipeline_without_jobs_is_not_made(string text)
    {
        var planned = PipelineText.Valid(text + "\n").Plan(PipelineText.Push("main"));
        Assert.Equal((NoJobs, false, 0), (planned.Error, planned.IsFailure, planned.Jobs.Count));
    }

    [Fact]
    public void A_merge_request_runs_only_jobs_that_ask_for_it() => Assert.Equal(
        "asks",
        Names("plain: {script: a}\nasks: {script: b, only: [merge_requests]}\n", PipelineText.Context("main", false, "merge_request_event")));

    [Fact]
    public void Jobs_come_by_stage_and_stages_without_jobs_vanish()
    {
        var planned = PipelineText.Valid("""
            stages: [one, two, three]
            last: { script: a, stage: .post }
            c: { script: a, stage: three }
            a: { script: a, stage: one }
            b: { script: a, stage: two, only: [tags] }
            first: { script: a, stage: .pre }
            a2: { script: a, stage: one }
            """).Plan(PipelineText.Push("main"));
        Assert.Equal("first 0, a 1, a2 1, c 2, last 3", string.Join(", ", planned.Jobs.Select(job => $"{job.Name} {job.StageIndex}")));
    }

    [Fact]
    public void Script_is_before_script_and_script_in_one() => Assert.Equal(
        ["a", "b", "c"],
        PipelineText.Valid("default: {before_script: [a]}\nx: {script: [b, c]}\n").Plan(PipelineText.Push("main")).Jobs[0].Script);

    [Fact]
    public void A_need_that_is_not_in_the_pipeline_fails_it_unless_optional()
    {
        const string Text = "a: {script: x, only: [tags]}\nb: {script: x, needs: [{job: a, optional: OPTIONAL}]}\n";
        var failed = PipelineText.Valid(Text.Replace("OPTIONAL", "false", StringComparison.Ordinal)).Plan(PipelineText.Push("main"));
        Assert.StartsWith("'b' job needs 'a' job, but 'a' does not exist in the pipeline.", failed.Error, StringComparison.Ordinal);
        Assert.Equal((true, 0), (failed.IsFailure, failed.Jobs.Count));
        var planned = PipelineText.Valid(Text.Replace("OPTIONAL", "true", StringComparison.Ordinal)).Plan(PipelineText.Push("main"));
        Assert.Empty(Assert.Single(planned.Jobs).Needs!);
    }

    [Fact]
    public void A_rule_may_replace_needs_and_interruptible()
    {
        var jobs = PipelineText.Valid("""
            a: { script: x }
            b: { script: x, needs: [a], rules: [{ needs: [], interruptible: true }] }
            """).Plan(PipelineText.Push("main")).Jobs;
        Assert.Equal((0, true), (jobs[1].Needs!.Count, jobs[1].Interruptible));
    }

    [Fact]
    public void Variables_that_refer_to_each_other_in_a_circle_fail_the_pipeline()
    {
        var planned = PipelineText.Valid("x: {script: a, variables: {A: $B, B: $A}}\n").Plan(PipelineText.Push("main"));
        Assert.Equal(("x: circular variable reference detected: [\"A\", \"B\"]", true), (planned.Error, planned.IsFailure));
    }
}
