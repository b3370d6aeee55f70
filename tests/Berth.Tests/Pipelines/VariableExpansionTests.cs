using Berth.Pipelines;

namespace Berth.Tests.Pipelines;

public sealed class VariableExpansionTests
{
    private static IReadOnlyList<VariableDefinition> List(params string[] pairs) =>
        [.. pairs.Select(pair => new VariableDefinition(pair.TrimStart('!').Split('=')[0], pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..], pair.StartsWith('!')))];

    private static string Text(IEnumerable<VariableDefinition> variables) => string.Join(' ', variables.Select(variable => $"{variable.Key}={variable.Value}"));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("$A", "1")]
    [InlineData("${A}b", "1b")]
    [InlineData("$Ab", "")]
    [InlineData("$A-$B", "1-$A")]
    [InlineData("$NONE", "")]
    [InlineData("a${NONE}b", "ab")]
    [InlineData("$$A", "$A")]
    [InlineData("$$$A", "$1")]
    [InlineData("100%", "100%")]
    [InlineData("cost: $", "cost: $")]
    [InlineData("$ A", "$ A")]
    [InlineData("$.A", "$.A")]
    [InlineData("$1$?$@", "")]
    [InlineData("<$1x> <$12> <${1}> <${12}>", "<x> <2> <> <twelve>")]
    [InlineData("<${$}> <${?}> <$-> <${-}>", "<$> <> <> <>")]
    [InlineData("${}x", "x")]
    [InlineData("a$ b${}c", "a$ bc")]
    [InlineData("${A", "A")]
    [InlineData("${$A", "1")]
    [InlineData("${A-b}", "")]
    [InlineData("$A$A", "11")]
    [InlineData("%A%", "%A%")]
    public void The_runner_expands_in_one_pass(string text, string expanded) => Assert.Equal(
        expanded, VariableExpansion.Expand(text, new Dictionary<string, string> { ["A"] = "1", ["B"] = "$A", ["1"] = "one", ["12"] = "twelve" }.GetValueOrDefault));

    [Theory]
    [InlineData("A=$B B=$C C=c", "A=c B=c C=c")]
    [InlineData("A=${B}x B=%C% C=c", "A=cx B=c C=c")]
    [InlineData("A=$NONE B=$$C C=c", "A=$NONE B=$$C C=c")]
    [InlineData("A=%%B%% B=b", "A=%%B%% B=b")]
    [InlineData("A=1 B=$A A=2", "A=2 B=2")]
    [InlineData("A=$B !B=$C C=c", "A=$B B=$C C=c")]
    [InlineData("!A=$B B=b", "A=$B B=b")]
    [InlineData("A=$FILE FILE=/x", "A=$FILE FILE=/x")]
    [InlineData("A=$B$B$C B=$C C=c", "A=ccc B=c C=c")]
    public void The_server_resolves_nested_references(string variables, string expanded)
    {
        var result = VariableExpansion.ExpandNested(List(variables.Split(' ')), name => name == "FILE");
        Assert.Null(result.Error);
        Assert.Equal(expanded, Text(result.Variables));
    }

    [Theory]
    [InlineData("A=$A", "[\"A\"]")]
    [InlineData("X=$A A=$B B=$C C=$A", "[\"A\", \"B\", \"C\"]")]
    public void A_circle_is_an_error_and_the_values_stay(string variables, string circle)
    {
        var result = VariableExpansion.ExpandNested(List(variables.Split(' ')));
        Assert.Equal($"circular variable reference detected: {circle}", result.Error);
        Assert.Equal(variables, Text(result.Variables));
    }

    [Fact]
    public void Values_that_double_each_other_are_an_error()
    {
        var variables = Enumerable.Range(0, 60).Select(i => $"V{i}=$V{i + 1}$V{i + 1}").Append("V60=x");
        Assert.Contains("grows beyond 16 MiB", VariableExpansion.ExpandNested(List([.. variables])).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_as_long_as_the_list_does_not_end_the_process()
    {
        var variables = Enumerable.Range(0, 50_000).Select(i => $"V{i}=$V{i + 1}").Append("V50000=end");
        Assert.All(VariableExpansion.ExpandNested(List([.. variables])).Variables, variable => Assert.Equal("end", variable.Value));
    }

    [Theory]
    [InlineData("feature/Foo_bar!", "feature-foo-bar")]
    [InlineData("main", "main")]
    [InlineData("--a--", "a")]
    [InlineData("a..b", "a--b")]
    [InlineData("ÄÖ", "")]
    [InlineData("한글-1", "1")]
    [InlineData("😀x", "x")]
    [InlineData("", "")]
    public void A_slug_is_fit_for_a_host_name(string text, string slug) => Assert.Equal(slug, Slug.Of(text));

    [Fact]
    public void A_slug_is_cut_before_it_is_stripped()
    {
        Assert.Equal(new string('a', 63), Slug.Of(new string('a', 70)));
        Assert.Equal(new string('a', 60), Slug.Of(new string('a', 60) + "/////b"));
        Assert.Equal(new string('a', 53), Slug.Of(new string('/', 10) + new string('a', 70)));
    }

    [Theory]
    [InlineData("30", 30)]
    [InlineData("0", 0)]
    [InlineData("90 seconds", 90)]
    [InlineData("1h 30m", 5400)]
    [InlineData("1h30m", 5400)]
    [InlineData("3 hours", 10800)]
    [InlineData("3 mins 4 sec", 184)]
    [InlineData("1.5 h", 5400)]
    [InlineData("2 weeks and 1 day", 1296000)]
    [InlineData("1 day, 2 hrs", 93600)]
    [InlineData("1 month", 2592000)]
    [InlineData("1 Year", 31557600)]
    public void A_duration_is_numbers_with_units(string text, int seconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("soon")]
    [InlineData("never")]
    [InlineData("1 fortnight")]
    [InlineData("1 2")]
    [InlineData("h")]
    [InlineData("-1h")]
    [InlineData("1001 years")]
    [InlineData("99999999999999999999")]
    [InlineData("1h $TIME")]
    public void Anything_else_is_no_duration(string text) => Assert.False(Durations.TryParse(text, out _));
}
