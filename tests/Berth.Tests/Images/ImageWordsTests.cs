using Berth.Server.Images;

namespace Berth.Tests.Images;

public sealed class ImageWordsTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("team/app", "team/app app")]
    [InlineData("a/b-c.d_e__f---g", "a/b-c.d_e__f---g b-c.d_e__f---g c.d_e__f---g d_e__f---g e__f---g f---g g")]
    public void Name_stands_from_each_of_its_words_on(string name, string words) =>
        Assert.Equal(words.Split(' ', StringSplitOptions.RemoveEmptyEntries), ImageWords.Of(name));
}
