using Berth.Oci;
using Berth.Server.Access.Places;
using CsCheck;

namespace Berth.Tests.Access;

public sealed class NamespacePathTests
{
    [Theory]
    [InlineData("root")]
    [InlineData("Alice")]
    [InlineData("a.b_c__d-e---f")]
    [InlineData("0")]
    [InlineData("users2")]
    [InlineData("git")]
    public void Good_paths(string path) => Assert.Null(NamespacePath.Refusal(path));

    [Theory]
    [InlineData("", "can contain only")]
    [InlineData("a/b", "can contain only")]
    [InlineData("a b", "can contain only")]
    [InlineData("-a", "can contain only")]
    [InlineData("a.", "can contain only")]
    [InlineData("a..b", "can contain only")]
    [InlineData("..", "can contain only")]
    [InlineData("a___b", "can contain only")]
    [InlineData("caf\u00e9", "can contain only")]
    [InlineData("a\n", "can contain only")]
    [InlineData("\u212aim", "can contain only")]
    [InlineData("-", "can contain only")]
    [InlineData(".well-known", "can contain only")]
    [InlineData("v2", "is a reserved name")]
    [InlineData("JWT", "is a reserved name")]
    [InlineData("Api", "is a reserved name")]
    [InlineData("assets", "is a reserved name")]
    [InlineData("users", "is a reserved name")]
    [InlineData("groups", "is a reserved name")]
    [InlineData("admin", "is a reserved name")]
    [InlineData("a.git", "is a reserved name")]
    [InlineData("a.GIT", "is a reserved name")]
    [InlineData("a.atom", "is a reserved name")]
    public void Bad_paths(string path, string refusal) => Assert.StartsWith(refusal, NamespacePath.Refusal(path));

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void A_path_has_at_most_100_characters(int length, bool good) => Assert.Equal(good, NamespacePath.Refusal(new string('a', length)) is null);

    [Fact]
    public void A_good_path_in_lower_case_begins_an_image_name() =>
        Gen.OneOf(Gen.Char["abAB01._-/ \u212a\u0130\u017f"], Gen.Char).Array[1, 6].Select(chars => new string(chars)).Sample(path =>
            NamespacePath.Refusal(path) is not null
            || (path.All(char.IsAscii) && RepositoryName.TryParse($"{path.ToLowerInvariant()}/{path.ToLowerInvariant()}", out _)), iter: 20_000);
}
