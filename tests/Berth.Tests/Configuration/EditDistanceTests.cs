using Berth.Server.Configuration;
using CsCheck;

namespace Berth.Tests.Configuration;

public sealed class EditDistanceTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("flaw", "lawn", 2)]
    [InlineData("a", "A", 1)]
    public void Distance_counts_inserted_deleted_and_replaced_characters(string from, string to, int distance)
    {
        Assert.Equal(distance, EditDistance.Between(from, to));
        Assert.Equal(distance, EditDistance.Between(to, from));
    }

    [Fact]
    public void Distance_keeps_the_triangle_inequality()
    {
        var word = Gen.Char["abc"].Array[0, 7].Select(chars => new string(chars));
        Gen.Select(word, word, word).Sample((a, b, c) =>
            EditDistance.Between(a, c) <= EditDistance.Between(a, b) + EditDistance.Between(b, c) && EditDistance.Between(a, b) == 0 == (a == b));
    }

    [Fact]
    public void Nearest_is_found_without_regard_to_case() => Assert.Equal("Urls", EditDistance.Nearest("URL", ["Tls", "Urls", "DataDirectory"]));
}
