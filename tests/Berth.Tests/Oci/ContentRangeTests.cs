using Berth.Oci;
using CsCheck;

namespace Berth.Tests.Oci;

public sealed class ContentRangeTests
{
    [Theory]
    [InlineData("0-0", 0, 0)]
    [InlineData("0-99", 0, 99)]
    [InlineData("100-199", 100, 199)]
    [InlineData("bytes 100-199/200", 100, 199)]
    [InlineData("bytes 100-199/*", 100, 199)]
    [InlineData("bytes 100-199", 100, 199)]
    [InlineData("Bytes 0-0/1", 0, 0)]
    [InlineData("0-9223372036854775806", 0, long.MaxValue - 1)]
    public void A_chunk_is_given_in_the_form_of_the_spec_or_of_RFC_9110(string header, long start, long end)
    {
        Assert.True(ContentRange.TryParse(header, out var range));
        Assert.Equal((start, end, end - start + 1), (range.Start, range.End, range.Length));
        Assert.Equal($"{start}-{end}", range.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("5")]
    [InlineData("0-")]
    [InlineData("-5")]
    [InlineData("5-4")]
    [InlineData("a-b")]
    [InlineData("+0-5")]
    [InlineData("0 - 5")]
    [InlineData("0-5/6")]
    [InlineData("bytes=0-5")]
    [InlineData("bytes 0-5/5")]
    [InlineData("bytes 0-5/")]
    [InlineData("bytes 0-5/x")]
    [InlineData("bytes */6")]
    [InlineData("0-9223372036854775807")]
    [InlineData("0-99999999999999999999")]
    [InlineData("\u0660-\u0665")]
    [InlineData("0-5\0")]
    [InlineData("0\0-5")]
    [InlineData("bytes 0-5/6\0")]
    public void Other_texts_are_refused(string header)
    {
        Assert.False(ContentRange.TryParse(header, out var range));
        Assert.Equal(default, range);
    }

    [Fact]
    public void Parsing_what_was_printed_gives_the_range_back() =>
        Gen.Select(Gen.Long[0, long.MaxValue / 2], Gen.Long[0, long.MaxValue / 2 - 1]).Sample((start, more) =>
            ContentRange.TryParse($"{start}-{start + more}", out var range)
            && ContentRange.TryParse(range.ToString(), out var again) && again == range && range.Length == more + 1);
}
