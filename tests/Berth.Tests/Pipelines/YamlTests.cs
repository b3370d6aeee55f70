using System.Text;
using Berth.Pipelines;

namespace Berth.Tests.Pipelines;

public sealed class YamlTests
{
    [Fact]
    public void Anchors_aliases_and_merges_make_one_job_of_several_parts()
    {
        var job = PipelineText.Job("""
            .script: &script
              - one
              - two
            .base: &base
              image: alpine
              tags: [a]
            .more: &more
              image: debian
              when: always
            x:
              <<: [*base, *more]
              tags: [b]
              script:
                - zero
                - *script
            """);
        Assert.Equal(["zero", "one", "two"], job.Script);
        Assert.Equal("alpine", job.Image!.Name);
        Assert.Equal(["b"], job.Tags);
        Assert.Equal(JobWhen.Always, job.When);
    }

    [Fact]
    public void Own_keys_win_over_a_merge_wherever_it_stands_and_the_last_of_two_merges_wins()
    {
        var job = PipelineText.Job("""
            .a: &a { image: one, tags: [a] }
            .b: &b { image: two }
            x:
              script: echo
              tags: [own]
              <<: *a
              <<: *b
            """);
        Assert.Equal("two", job.Image!.Name);
        Assert.Equal(["own"], job.Tags);
    }

    [Theory]
    [InlineData("x:\n  script: |\n    one\n    two\n", "one\ntwo\n")]
    [InlineData("x:\n  script: >-\n    one\n    two\n", "one two")]
    [InlineData("x:\n  script: 'it''s'\n", "it's")]
    [InlineData("x:\n  script: \"a\\tb\"\n", "a\tb")]
    [InlineData("\ufeffx:\n  script: bom\n", "bom")]
    [InlineData("x:\r\n  script:\r\n    - dos\r\n", "dos")]
    [InlineData("---\nx:\n  script: marked\n...\n", "marked")]
    [InlineData("x:\n  script: !!str 12\n", "12")]
    [InlineData("x:\n  script: ! yes\n", "yes")]
    [InlineData("x:\n  script: 한국어\n", "한국어")]
    public void Strings_come_out_as_written(string text, string line) => Assert.Equal([line], PipelineText.Job(text).Script);

    [Theory]
    [InlineData("x:\n  script: [a\n", "(<unknown>): ")]
    [InlineData("x:\n\tscript: a\n", "(<unknown>): ")]
    [InlineData("x:\n  script: \"a\n", "(<unknown>): ")]
    [InlineData("x: a: b\n", "(<unknown>): ")]
    [InlineData("x:\n  - a\n b: c\n", "(<unknown>): ")]
    [InlineData("x:\n  script: *nowhere\n", "(<unknown>): Unknown alias: nowhere")]
    [InlineData("x: &x\n  script: *x\n", "(<unknown>): the alias x contains itself")]
    [InlineData("x:\n  script: a\n---\ny:\n  script: b\n", "a second YAML document (a `spec:` header) is not supported by Berth yet")]
    [InlineData("x:\n  script: a\n  script: b\n", "the key script is given twice, first in line 2; only one of them could count")]
    [InlineData("x:\n  script: a\n  <<: no\n", "<< should merge a hash or an array of hashes")]
    [InlineData("x:\n  script: a\n  ? [a, b]\n  : c\n", "a key should be a plain word or a string")]
    [InlineData("x:\n  script: !mine a\n", "the YAML tag !mine is not known here")]
    [InlineData("x:\n  script: !reference a\n", "the YAML tag !reference is not known here")]
    [InlineData("x:\n  script: !reference []\n", "!reference should be a list of keys, as in !reference [job, script]")]
    [InlineData("x:\n  script: a\n  variables:\n    DAY: 2024-01-31\n", "Tried to load unspecified class: Date (put 2024-01-31 in quotes)")]
    [InlineData("- a\n", "Invalid configuration format")]
    [InlineData("word\n", "Invalid configuration format")]
    [InlineData("", "Please provide content of .gitlab-ci.yml")]
    [InlineData("# only a comment\n", "Please provide content of .gitlab-ci.yml")]
    [InlineData("---\n", "Please provide content of .gitlab-ci.yml")]
    public void What_is_no_good_YAML_is_refused(string text, string message)
    {
        var error = Assert.Single(PipelineFile.Parse(text).Errors, error => error.Message.StartsWith(message, StringComparison.Ordinal));
        Assert.True(error.Line >= 1 && error.Column >= 1);
    }

    [Fact]
    public void Broken_syntax_is_told_in_Psychs_words_with_its_place() => Assert.Equal(
        "4:1: (<unknown>): did not find expected key while parsing a block mapping at line 4 column 1",
        PipelineText.Error("x:\n  script: a\n  tags: [b]\n- c\n"));

    [Fact]
    public void A_file_of_doubling_aliases_is_refused_at_once()
    {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 40; i++)
            bomb.Append($"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}]\n");
        Assert.Contains("the file grows beyond 16 MiB", PipelineText.Error(bomb.ToString()), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Bombs))]
    public void What_grows_without_end_is_refused_in_bounded_memory(string name, string text)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(PipelineFile.Parse(text).Errors, error => error.Message.StartsWith("the file ", StringComparison.Ordinal));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 1L << 30, $"{name} took {allocated} bytes");
    }

    public static TheoryData<string, string> Bombs()
    {
        static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
        static string Numbered(int times, Func<int, string> line) => string.Concat(Enumerable.Range(0, times).Select(line));
        var big = Numbered(20_000, i => $"  k{i}: v\n");
        return new()
        {
            { "nested lists", $"x: {Repeat("[", 200_000)}" },
            { "nested maps", $"x: {Repeat("{a: ", 200_000)}" },
            { "nested block lists", Repeat("- ", 200_000) },
            { "merges", $".big: &big\n{big}jobs:\n{Numbered(20_000, _ => "  - <<: *big\n")}" },
            { "extends", $".big:\n{big}{Numbered(20_000, i => $".j{i}: {{extends: .big}}\n")}" },
            { "extends in a chain", $".j0:\n{big}{Numbered(5_000, i => $".j{i + 1}: {{extends: [.j{i}, .j0]}}\n")}" },
            { "references", $".big:\n{big}{Numbered(20_000, i => $".j{i}: [!reference [.big], !reference [.big]]\n")}" },
            { "defaults", $"default:\n  before_script: ['{new string('a', 100_000)}']\n{Numbered(400, i => $"j{i}: {{script: a}}\n")}" },
            { "size", $"x: {{script: '{new string('a', PipelineLimits.MaxFileBytes)}'}}" },
        };
    }
}
