using Berth.Pipelines;
using Berth.Pipelines.Expressions;

namespace Berth.Tests.Pipelines;

public sealed class ExpressionTests
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["A"] = "a",
        ["B"] = "b",
        ["EMPTY"] = "",
        ["BLANK"] = " ",
        ["ONE"] = "1",
        ["BRANCH"] = "feature/Login-2",
        ["PATTERN"] = "/^feature/",
        ["FOLDED"] = "/LOGIN/i",
        ["NOPATTERN"] = "feature",
        ["BROKEN"] = "/(/",
        ["LINES"] = "one\ntwo\n",
    };

    [Theory]
    [InlineData("$A", true)]
    [InlineData("$EMPTY", false)]
    [InlineData("$BLANK", false)]
    [InlineData("$NONE", false)]
    [InlineData("\"text\"", true)]
    [InlineData("''", false)]
    [InlineData("null", false)]
    [InlineData("$A == 'a'", true)]
    [InlineData("$A == \"a\"", true)]
    [InlineData("'a' == $A", true)]
    [InlineData("$A==$A", true)]
    [InlineData("$A == $B", false)]
    [InlineData("$A != $B", true)]
    [InlineData("$ONE == '1'", true)]
    [InlineData("$NONE == null", true)]
    [InlineData("$NONE != null", false)]
    [InlineData("$EMPTY == null", false)]
    [InlineData("$EMPTY == ''", true)]
    [InlineData("$NONE == ''", false)]
    [InlineData("$NONE == $NOTHER", true)]
    [InlineData("$BRANCH =~ /^feature/", true)]
    [InlineData("$BRANCH =~ /^feat$/", false)]
    [InlineData("$BRANCH =~ /login/", false)]
    [InlineData("$BRANCH =~ /login/i", true)]
    [InlineData("$BRANCH =~ /feature\\/Login/", true)]
    [InlineData("$BRANCH !~ /^main$/", true)]
    [InlineData("$BRANCH !~ /^feature/", false)]
    [InlineData("$BRANCH =~ $PATTERN", true)]
    [InlineData("$BRANCH =~ $FOLDED", true)]
    [InlineData("$BRANCH =~ $NOPATTERN", false)]
    [InlineData("$BRANCH !~ $NOPATTERN", true)]
    [InlineData("$BRANCH =~ $BROKEN", false)]
    [InlineData("$BRANCH =~ $NONE", false)]
    [InlineData("$NONE =~ /^$/", true)]
    [InlineData("$LINES =~ /^two/", false)]
    [InlineData("$LINES =~ /^two/m", true)]
    [InlineData("$LINES =~ /one.two/", false)]
    [InlineData("$LINES =~ /one.two/s", true)]
    [InlineData("$LINES =~ /two$/", false)]
    [InlineData("$A && $B", true)]
    [InlineData("$A && $NONE", false)]
    [InlineData("$NONE || $B", true)]
    [InlineData("$NONE || $EMPTY", false)]
    [InlineData("$EMPTY || $A", false)]
    [InlineData("$EMPTY && $A", true)]
    [InlineData("$A == 'x' && $B == 'b' || $ONE == '1'", true)]
    [InlineData("$ONE == '1' || $A == 'x' && $B == 'x'", true)]
    [InlineData("($ONE == '1' || $A == 'x') && $B == 'x'", false)]
    [InlineData("(($A))", true)]
    [InlineData("$A == 'a' && ($B == 'x' || ($NONE == null && $BRANCH =~ /2$/))", true)]
    [InlineData("\n  $A == \"a\"\n  && $B\n", true)]
    public void An_expression_is_true_as_in_GitLab(string text, bool isTrue)
    {
        Assert.True(ExpressionParser.TryParse(text, out var expression, out var cause), cause);
        Assert.Equal(isTrue, expression.IsTrue(Variables.GetValueOrDefault));
    }

    [Theory]
    [InlineData("", "it ends too early")]
    [InlineData("   ", "it ends too early")]
    [InlineData("$A ==", "it ends too early")]
    [InlineData("== $A", "unexpected ==")]
    [InlineData("$A $B", "unexpected B")]
    [InlineData("($A", "a ) is missing")]
    [InlineData("$A)", "unexpected )")]
    [InlineData("()", "unexpected )")]
    [InlineData("$A = 'a'", "unknown at character 4")]
    [InlineData("$A == a", "unknown at character 7")]
    [InlineData("$A == 'a", "unknown at character 7")]
    [InlineData("${A} == 'a'", "unknown at character 1")]
    [InlineData("$", "unknown at character 1")]
    [InlineData("$A & $B", "unknown at character 4")]
    [InlineData("$A == nullable", "unknown at character 7")]
    [InlineData("$A == true", "unknown at character 7")]
    [InlineData("!$A", "unknown at character 1")]
    [InlineData("$A =~ 'a'", "a match needs a /pattern/ or a variable on its right")]
    [InlineData("$A =~ null", "a match needs a /pattern/ or a variable on its right")]
    [InlineData("$A =~ /a", "unknown at character 7")]
    [InlineData("$A =~ //", "unknown at character 7")]
    [InlineData("$A =~ /(/", "/(/ is no regular expression of RE2")]
    [InlineData("$A =~ /(?=a)/", "/(?=a)/ is no regular expression of RE2")]
    [InlineData("$A =~ /a/x", "unknown at character 10")]
    public void What_is_no_expression_is_refused(string text, string cause)
    {
        Assert.False(ExpressionParser.TryParse(text, out _, out var found));
        Assert.Equal(cause, found);
    }

    [Fact]
    public void An_expression_has_at_most_100_tokens()
    {
        var fifty = string.Join(" || ", Enumerable.Repeat("$A", 50));
        Assert.True(ExpressionParser.TryParse(fifty, out _, out _));
        Assert.False(ExpressionParser.TryParse(fifty + " || $A", out _, out var cause));
        Assert.Equal("more than 100 tokens", cause);
    }

    [Theory]
    [InlineData(@"/^\d+$/", "12", true)]
    [InlineData(@"/^\d+$/", "१२", false)]
    [InlineData(@"/^\w+$/", "a_1", true)]
    [InlineData(@"/^\w+$/", "é", false)]
    [InlineData(@"/^[\w-]+$/", "a-b", true)]
    [InlineData(@"/^[\s-x]+$/", "- x", true)]
    [InlineData(@"/^[\s-x]+$/", "A", false)]
    [InlineData(@"/^\W$/", "é", true)]
    [InlineData(@"/^[^\d]$/", "1", false)]
    [InlineData(@"/^\S+$/", "a b", false)]
    [InlineData(@"/a$/", "a\n", false)]
    [InlineData(@"/a\z/", "a", true)]
    [InlineData(@"/^v\d+\.\d+\.\d+(-rc\d+)?$/", "v1.20.3-rc1", true)]
    [InlineData(@"/^(?:main|release\/.*)$/", "release/1", true)]
    [InlineData(@"/^(?P<year>\d{4})-(?<month>\d{2})$/", "2024-01", true)]
    [InlineData(@"/(?i)MAIN/", "main", true)]
    [InlineData(@"/(?i:M)AIN/", "mAIN", true)]
    [InlineData(@"/[[:alpha:]]+[[:digit:]]/", "ab1", true)]
    [InlineData(@"/^[[]$/", "[", true)]
    [InlineData(@"/^[]a]+$/", "]a", true)]
    [InlineData(@"/^[a-z-[b]+$/", "[-b", true)]
    [InlineData(@"/^\Qa.b\E$/", "a.b", true)]
    [InlineData(@"/^\Qa.b\E$/", "axb", false)]
    [InlineData(@"/^\x41\x{42}$/", "AB", true)]
    [InlineData(@"/^\p{L}+$/", "한국어", true)]
    [InlineData(@"/^\pL+$/", "abc", true)]
    [InlineData(@"/a{2}b{,3}/", "aab{,3}", true)]
    [InlineData(@"/a #b/", "a #b", true)]
    [InlineData(@"/a+?b/U", "aab", true)]
    public void A_pattern_means_what_RE2_makes_of_it(string pattern, string text, bool isMatch)
    {
        Assert.True(Pattern.TryParse(pattern, out var parsed), pattern);
        Assert.Equal(isMatch, parsed.IsMatch(text));
    }

    [Theory]
    [InlineData("/(a/")]
    [InlineData("/a)/")]
    [InlineData("/[a/")]
    [InlineData("/*a/")]
    [InlineData(@"/\1(a)/")]
    [InlineData("/(?<!a)b/")]
    [InlineData("/(?>a)/")]
    [InlineData("/(?#note)/")]
    [InlineData("/(?(a)b)/")]
    [InlineData("/(?x)a/")]
    [InlineData(@"/\h/")]
    [InlineData(@"/\Z/")]
    [InlineData("/a{1001}/")]
    [InlineData("/(a{100}){100}/")]
    [InlineData("/((a{10}b){10}c){11}/")]
    [InlineData("/[[:nothing:]]/")]
    [InlineData("a")]
    [InlineData("/")]
    [InlineData("/a/g")]
    public void What_RE2_refuses_is_refused(string pattern) => Assert.False(Pattern.TryParse(pattern, out _));

    [Fact]
    public void A_pattern_that_ruins_backtracking_engines_is_answered_in_linear_time()
    {
        Assert.True(Pattern.TryParse("/^(a+)+$/", out var pattern));
        Assert.False(pattern.IsMatch(new string('a', 100_000) + "b"));
    }

    [Fact]
    public void Patterns_are_limited_in_length() =>
        Assert.False(Pattern.TryParse($"/{new string('a', PipelineLimits.MaxRegexLength)}/", out _));
}
