using System.Text.RegularExpressions;
using Berth.Oci;
using CsCheck;

namespace Berth.Tests.Oci;

public sealed partial class RepositoryNameTests
{
    [Theory]
    [InlineData("hello")]
    [InlineData("root/hello")]
    [InlineData("a/b/c/d/e")]
    [InlineData("a.b/c_d/e__f/g-h/i---j")]
    [InlineData("0/1")]
    [InlineData("", false)]
    [InlineData("/", false)]
    [InlineData("/a", false)]
    [InlineData("a/", false)]
    [InlineData("a//b", false)]
    [InlineData("A/b", false)]
    [InlineData("a/B", false)]
    [InlineData("a/..", false)]
    [InlineData("../a", false)]
    [InlineData("a/./b", false)]
    [InlineData("a..b", false)]
    [InlineData("a___b", false)]
    [InlineData("a._b", false)]
    [InlineData("a_-b", false)]
    [InlineData("a-.b", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("a/_b", false)]
    [InlineData("a b", false)]
    [InlineData("a:b", false)]
    [InlineData("a%2fb", false)]
    [InlineData("a\\b", false)]
    [InlineData("a\n", false)]
    [InlineData("\u212aim", false)]
    [InlineData("caf\u00e9", false)]
    public void A_name_is_lower_case_components_between_slashes(string text, bool good = true)
    {
        Assert.Equal(good, RepositoryName.TryParse(text, out var name));
        if (good)
            Assert.Equal(text, name.ToString());
        else
            Assert.Throws<FormatException>(() => RepositoryName.Parse(text));
    }

    [Theory]
    [InlineData(254, true)]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void A_name_has_at_most_255_characters(int length, bool good) =>
        Assert.Equal(good, RepositoryName.TryParse("a/" + new string('b', length - 2), out _));

    [Fact]
    public void Names_are_what_the_regular_expression_of_the_spec_matches() =>
        Gen.Char["ab0._-/A"].Array[0, 9].Select(chars => new string(chars)).Sample(text =>
            RepositoryName.TryParse(text, out var name) == Spec().IsMatch(text) && (name == default || name.ToString() == text), iter: 20_000);

    [Fact]
    public void A_component_is_a_name_without_a_slash() =>
        Gen.Char["ab0._-/A"].Array[0, 9].Select(chars => new string(chars)).Sample(text =>
            RepositoryName.IsComponent(text) == (RepositoryName.TryParse(text, out _) && !text.Contains('/')));

    [Fact]
    public void A_default_name_names_nothing() => Assert.Throws<InvalidOperationException>(() => default(RepositoryName).ToString());

    // distribution-spec 1.1, "Pulling manifests".
    [GeneratedRegex(@"\A[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\z")]
    private static partial Regex Spec();
}
