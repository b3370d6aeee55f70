using Berth.Oci;

namespace Berth.Tests.Oci;

public sealed class ReferenceTests
{
    private static readonly Digest SomeDigest = Digest.Of(DigestAlgorithm.Sha512, "content"u8);

    [Fact]
    public void A_text_with_a_colon_is_a_digest()
    {
        var reference = Reference.Parse(SomeDigest.ToString());
        Assert.Equal(SomeDigest, reference.Digest);
        Assert.Null(reference.Tag);
        Assert.Equal(SomeDigest.ToString(), reference.ToString());
        Assert.Equal(new Reference(SomeDigest), reference);
    }

    [Fact]
    public void Any_other_text_is_a_tag()
    {
        var reference = Reference.Parse("latest");
        Assert.Equal(Tag.Parse("latest"), reference.Tag);
        Assert.Null(reference.Digest);
        Assert.Equal("latest", reference.ToString());
    }

    [Fact]
    public void Hex_digits_without_an_algorithm_are_a_tag() =>
        Assert.NotNull(Reference.Parse(Digest.Of(DigestAlgorithm.Sha256, []).Hex.ToString()).Tag);

    [Theory]
    [InlineData("")]
    [InlineData("a:b")]
    [InlineData("sha256:abc")]
    [InlineData("latest@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("-a")]
    [InlineData("a/b")]
    public void What_is_neither_is_refused(string text)
    {
        Assert.False(Reference.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Reference.Parse(text));
    }

    [Fact]
    public void A_default_reference_refers_to_nothing() => Assert.Throws<InvalidOperationException>(() => default(Reference).ToString());
}
