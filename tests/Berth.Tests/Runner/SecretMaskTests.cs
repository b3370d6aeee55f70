using System.Text;
using Berth.Runner.Trace;

namespace Berth.Tests.Runner;

/// <summary>Secrets in a log, however it is cut.</summary>
public sealed class SecretMaskTests
{
    [Theory]
    [InlineData("nothing to hide", "nothing to hide")]
    [InlineData("a secret.", "a [MASKED].")]
    [InlineData("a secret-and-more.", "a [MASKED].")]
    [InlineData("secretsecret", "[MASKED][MASKED]")]
    [InlineData("secresecret", "secre[MASKED]")]
    [InlineData("secre", "secre")]
    [InlineData("geheim-wörter!", "[MASKED]!")]
    [InlineData("esseglpat-imper_diet=.x end", "esseglpat-[MASKED] end")]
    [InlineData("glcbt-abc glrt-t1_x", "glcbt-[MASKED] glrt-[MASKED]")]
    [InlineData("own-123 x", "own-[MASKED] x")]
    [InlineData("?private_token=abc&x=1", "?private_token=[MASKED]&x=1")]
    [InlineData("X-Amz-Signature=abc def", "X-Amz-Signature=[MASKED] def")]
    public void A_text_is_masked_whole_and_cut_anywhere(string text, string masked)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var cut = 0; cut <= bytes.Length; cut++)
            Assert.Equal(masked, Mask(bytes[..cut], bytes[cut..]));
        Assert.Equal(masked, Mask([.. bytes.Select(b => new[] { b })]));
    }

    [Fact]
    public void A_value_of_one_character_is_not_masked() =>
        Assert.Equal("qzq", Encoding.UTF8.GetString(new SecretMask(["q", ""], []).Write("qzq"u8)));

    private static string Mask(params byte[][] parts)
    {
        var mask = new SecretMask(["secret", "secret-and-more", "geheim-wörter"], ["own-"]);
        var shown = new MemoryStream();
        foreach (var part in parts)
            shown.Write(mask.Write(part));
        shown.Write(mask.Flush());
        return Encoding.UTF8.GetString(shown.ToArray());
    }
}
