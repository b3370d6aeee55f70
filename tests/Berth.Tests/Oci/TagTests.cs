using System.Text.RegularExpressions;
using Berth.Oci;
using CsCheck;

namespace Berth.Tests.Oci;

public sealed partial class TagTests
{
    [Theory]
    [InlineData("latest")]
    [InlineData("1")]
    [InlineData("_")]
    [InlineData("__.--")]
    [InlineData("v1.2.3-rc.1_amd64")]
    [InlineData("UPPER")]
    [InlineData("..", false)]
    [InlineData(".", false)]
    [InlineData("-", false)]
    [InlineData("", false)]
    [InlineData("-latest", false)]
    [InlineData(".latest", false)]
    [InlineData("a/b", false)]
    [InlineData("a:b", false)]
    [InlineData("a+b", false)]
    [InlineData("a b", false)]
    [InlineData("a\n", false)]
    [InlineData("a\0", false)]
    [InlineData("é", false)]
    [InlineData("\u0661", false)]
    public void A_tag_is_a_letter_digit_or_underscore_and_then_also_dots_and_dashes(string text, bool good = true)
    {
        Assert.Equal(good, Tag.TryParse(text, out var tag));
        if (good)
            Assert.Equal(text, tag.ToString());
        else
            Assert.Throws<FormatException>(() => Tag.Parse(text));
    }

    [Theory]
    [InlineData(127, true)]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void A_tag_has_at_most_128_characters(int length, bool good) =>
        Assert.Equal(good, Tag.TryParse(new string('a', length), out _));

    [Fact]
    public void Tags_are_what_the_regular_expression_of_the_spec_matches() =>
        Gen.Char["aZ09_.-/:+ \u00e9\n"].Array[0, 6].Select(chars => new string(chars)).Sample(text =>
            Tag.TryParse(text, out var tag) == Spec().IsMatch(text) && (tag == default || tag.ToString() == text));

    [Fact]
    public void Tags_differ_by_case() => Assert.NotEqual(Tag.Parse("Latest"), Tag.Parse("latest"));

    [Fact]
    public void A_default_tag_names_nothing() => Assert.Throws<InvalidOperationException>(() => default(Tag).ToString());

    // distribution-spec 1.1, "Pulling manifests".
    [GeneratedRegex(@"\A[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}\z")]
    private static partial Regex Spec();
}
