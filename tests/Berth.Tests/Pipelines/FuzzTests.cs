using Berth.Pipelines;
using Berth.Pipelines.Expressions;
using CsCheck;

namespace Berth.Tests.Pipelines;

/// <summary>Nothing that a user can push makes the reader throw. <c>FUZZ_ITERATIONS</c> in the environment makes it longer.</summary>
public sealed class FuzzTests
{
    private const string Seed = """
        stages: [build, test]
        variables: { A: &a "$B", N: 010, D: { value: x, expand: false } }
        default: { image: alpine, retry: 1 }
        workflow: { rules: [{ if: $CI_COMMIT_BRANCH =~ /^ma(in)?$/i && ($A == null || "x" != $A) }] }
        .base: &base
          script: [one, &s [two, three]]
          rules: [{ if: $A, when: manual, variables: { C: c } }, { when: always }]
        job one:
          <<: *base
          extends: .base
          services: [{ name: docker:dind, alias: docker, command: [a] }]
          script: [!reference [.base, script], *s]
          artifacts: { paths: [a], expire_in: 1 week 2 days }
          timeout: 1h 30m
          needs: []
        two:
          stage: test
          script: |
            echo
          needs: [{ job: job one, artifacts: false }]
          only_: [main]
        """;

    private static readonly int Iterations = int.TryParse(Environment.GetEnvironmentVariable("FUZZ_ITERATIONS"), out var given) ? given : 1000;

    private static readonly string[] Pieces =
    [
        "&a ", "*a", "<<: *base\n", "!reference [a, b]", "!!str ", "!<x> ", "? ", ": ", "- ", "[", "]", "{", "}", "\n", "\n  ", "\t", "|", ">-", "'", "\"", "\\x", "\\u12",
        "#", "%YAML 9.9\n", "%TAG ! x\n", "---\n", "...\n", "~", "null", "010", "1:30", ".inf", "2024-01-01", "yes", "\0", "\ufeff", "\ud800", "\u0085", "\u2028",
        "extends: two\n", "rules:\n", "if: $A =~ /(/\n", "needs: [two]\n", "stage: x\n", "script: []\n", "image: {}\n", "variables: []\n", "1h", "$", "/", "==",
    ];

    private static readonly Gen<string> Mutated =
        from edits in Gen.Select(Gen.Int[0, Seed.Length], Gen.Int[0, 12], Gen.OneOf(Gen.OneOf(Pieces), Gen.String[0, 4])).Array[1, 6]
        select edits.Aggregate(Seed, (text, edit) =>
        {
            var at = Math.Min(edit.Item1, text.Length);
            return text[..at] + edit.Item3 + text[Math.Min(at + edit.Item2, text.Length)..];
        });

    private static readonly Gen<string> Pieced = Gen.OneOf(Pieces).Array[0, 40].Select(string.Concat);

    private static void Read(string text)
    {
        var result = PipelineFile.Parse(text);
        Assert.NotEqual(result.Definition is null, result.Errors.Count == 0);
        Assert.All(result.Errors, error => Assert.True(error.Line >= 1 && error.Column >= 1 && error.Message != ""));
        result.Definition?.Plan(PipelineText.Push("main"));
    }

    [Fact]
    public void A_map_with_half_a_pair_is_refused() =>
        Assert.Contains("(<unknown>): ", PipelineText.Errors("&a rules:\n- : script: []\n#\t? rules:\n\\x*a ? ")[0], StringComparison.Ordinal);

    [Fact]
    public void A_changed_file_is_read_or_refused() => Mutated.Sample(Read, iter: Iterations);

    [Fact]
    public void Pieces_of_YAML_are_read_or_refused() => Pieced.Sample(Read, iter: Iterations);

    [Fact]
    public void Any_text_is_read_or_refused() => Gen.String.Sample(Read, iter: Iterations);

    [Fact]
    public void Every_beginning_of_a_file_is_read_or_refused()
    {
        for (var length = 0; length <= Seed.Length; length++)
            Read(Seed[..length]);
    }

    [Fact]
    public void Any_expression_is_read_or_refused() =>
        Gen.OneOf("$A", "'x'", "\"", "null", "/a[\\s-]+/i", "/(a|b){2,3}/", "==", "!=", "=~", "!~", "&&", "||", "(", ")", " ", "/", "\\", "$", "x")
            .Array[0, 20].Select(string.Concat)
            .Sample(text => ExpressionParser.TryParse(text, out var expression, out var cause) ? expression.IsTrue(_ => "/a/") is var _ : cause != "", iter: Iterations);

    [Fact]
    public void Any_pattern_is_read_or_refused() =>
        Gen.OneOf(
                Gen.OneOf("(", ")", "[", "]", "^", "$", "\\", "d", "w", "s", "-", "a", "{2}", "{,", "?", "*", "+", "|", "P<n>", "i:", "[:alpha:]", "Q", "E", "x{41}", "p{L}", "\\b"),
                Gen.String[0, 3])
            .Array[0, 15].Select(string.Concat)
            .Sample(text => !Pattern.TryParse($"/{text}/", out var pattern) || pattern.IsMatch("a-b 한") is var _, iter: Iterations);
}
