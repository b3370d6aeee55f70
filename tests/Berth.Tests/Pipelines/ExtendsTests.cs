namespace Berth.Tests.Pipelines;

public sealed class ExtendsTests
{
    [Fact]
    public void Parents_merge_in_order_hashes_deeply_and_the_job_wins()
    {
        var job = PipelineText.Job("""
            .root:
              image: root
              variables: { A: root, B: root, C: root, D: root }
              tags: [root]
            .one:
              extends: .root
              variables: { B: one, C: one, D: one }
            .two:
              variables: { C: two, D: two }
              tags: [two, more]
            x:
              extends: [.one, .two]
              variables: { D: job }
              script: echo
            """);
        Assert.Equal("root", job.Image!.Name);
        Assert.Equal(["two", "more"], job.Tags);
        Assert.Equal("A=root B=one C=two D=job", string.Join(' ', job.Variables.Select(variable => $"{variable.Key}={variable.Value}")));
    }

    [Fact]
    public void Null_in_a_child_drops_what_it_inherits() =>
        Assert.Null(PipelineText.Job(".a: {image: b}\nx: {extends: .a, image: null, script: c}\n").Image);

    [Fact]
    public void A_visible_job_may_be_extended_too()
    {
        var jobs = PipelineText.Valid("a: {script: b, image: c}\nx: {extends: a, script: d}\n").Jobs;
        Assert.Equal(("c", "d"), (jobs[1].Image!.Name, jobs[1].Script[0]));
    }

    [Theory]
    [InlineData("x: {script: a, extends: x}\n", "1:25: x: circular dependency detected in `extends`")]
    [InlineData(".a: {extends: .b}\n.b: {extends: .a}\nx: {script: a, extends: .a}\n", "1:15: .a: circular dependency detected in `extends`")]
    [InlineData("x: {script: a, extends: y}\n", "1:25: x: unknown keys in `extends` (y)")]
    [InlineData(".y: [a]\nx: {script: a, extends: .y}\n", "2:25: x: invalid base hashes in `extends` (.y)")]
    [InlineData("x: {script: a, extends: 1}\n", "1:25: jobs:x extends should be an array of strings or a string")]
    public void Extends_that_leads_nowhere_is_refused(string text, string error) => Assert.Contains(error, PipelineText.Errors(text));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Extends_is_good_for_eleven_levels(bool isTopDown)
    {
        string Chain(int levels)
        {
            var lines = Enumerable.Range(1, levels).Select(i => $"{(i == levels ? "x" : $".j{i}")}: {{extends: .j{i - 1}}}\n");
            return ".j0: {script: a}\n" + string.Concat(isTopDown ? lines.Reverse() : lines);
        }

        Assert.Equal(["a"], PipelineText.Job(Chain(11)).Script);
        Assert.Contains("nesting too deep in `extends`", string.Join('\n', PipelineText.Errors(Chain(12))), StringComparison.Ordinal);
    }

    [Fact]
    public void References_bring_values_of_other_jobs_flattened_in_scripts()
    {
        var job = PipelineText.Job("""
            .a:
              script: [one, two]
              variables: { V: v }
              image: { name: i }
              rules:
                - if: $CI_COMMIT_TAG
            .b:
              script: [!reference [.a, script], three]
            x:
              image: !reference [.a, image, name]
              variables: !reference [.a, variables]
              script:
                - zero
                - !reference [.b, script]
              rules:
                - !reference [.a, rules]
                - when: manual
            """);
        Assert.Equal(["zero", "one", "two", "three"], job.Script);
        Assert.Equal(("i", "V"), (job.Image!.Name, Assert.Single(job.Variables).Key));
        Assert.Equal(2, job.Rules!.Count);
    }

    [Theory]
    [InlineData("x: {script: [!reference [y, script]]}\n", "1:14: !reference [\"y\", \"script\"] could not be found")]
    [InlineData("x: {script: [!reference [x, script]]}\n", "1:14: !reference [\"x\", \"script\"] is part of a circular chain")]
    [InlineData(".a: {s: !reference [.b, s]}\n.b: {s: !reference [.a, s]}\nx: {script: [!reference [.a, s]]}\n", "is part of a circular chain")]
    public void References_that_lead_nowhere_are_refused(string text, string error) =>
        Assert.Contains(PipelineText.Errors(text), found => found.Contains(error, StringComparison.Ordinal));
}
