using Berth.Oci;
using CsCheck;

namespace Berth.Tests.Oci;

public sealed class ByteRangeTests
{
    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=0-99", 0, 100)]
    [InlineData("bytes=0-100", 0, 100)]
    [InlineData("bytes=0-", 0, 100)]
    [InlineData("bytes=99-", 99, 1)]
    [InlineData("bytes=99-99", 99, 1)]
    [InlineData("bytes=10-19", 10, 10)]
    [InlineData("bytes=-1", 99, 1)]
    [InlineData("bytes=-100", 0, 100)]
    [InlineData("bytes=-5000", 0, 100)]
    [InlineData("BYTES=1-2", 1, 2)]
    [InlineData("bytes= 1-2 ", 1, 2)]
    [InlineData("bytes=0000-0009", 0, 10)]
    [InlineData("bytes=50-9223372036854775807", 50, 50)]
    [InlineData("bytes=50-99999999999999999999999999", 50, 50)]
    [InlineData("bytes=-99999999999999999999999999", 0, 100)]
    public void A_part_of_a_blob_of_100_bytes(string header, long offset, long length)
    {
        Assert.Equal(RangeOutcome.Part, ByteRange.Parse(header, 100, out var range));
        Assert.Equal(new ByteRange(offset, length), range);
    }

    [Theory]
    [InlineData("bytes=100-")]
    [InlineData("bytes=100-200")]
    [InlineData("bytes=5000-10000")]
    [InlineData("bytes=500-0")]
    [InlineData("bytes=50-49")]
    [InlineData("bytes=-0")]
    [InlineData("bytes=9223372036854775807-")]
    [InlineData("bytes=99999999999999999999999999-")]
    public void Not_satisfiable_with_a_blob_of_100_bytes(string header)
    {
        Assert.Equal(RangeOutcome.NotSatisfiable, ByteRange.Parse(header, 100, out var range));
        Assert.Equal(default, range);
    }

    [Theory]
    [InlineData("")]
    [InlineData("bytes")]
    [InlineData("bytes=")]
    [InlineData("bytes=-")]
    [InlineData("bytes=5")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=1-b")]
    [InlineData("bytes=--5")]
    [InlineData("bytes=1--5")]
    [InlineData("bytes=+1-5")]
    [InlineData("bytes=0x1-5")]
    [InlineData("bytes=1.0-5")]
    [InlineData("bytes=1 -5")]
    [InlineData("bytes=\u0661-\u0665")]
    [InlineData("bytes=0-1,3-4")]
    [InlineData("bytes=0-1,")]
    [InlineData("items=0-1")]
    [InlineData("0-1")]
    public void What_is_no_single_range_of_bytes_is_ignored(string header) =>
        Assert.Equal(RangeOutcome.Whole, ByteRange.Parse(header, 100, out _));

    [Theory]
    [InlineData("bytes=0-", RangeOutcome.NotSatisfiable)]
    [InlineData("bytes=0-0", RangeOutcome.NotSatisfiable)]
    [InlineData("bytes=-0", RangeOutcome.NotSatisfiable)]
    [InlineData("bytes=-5", RangeOutcome.Whole)]
    [InlineData("", RangeOutcome.Whole)]
    public void An_empty_blob_has_no_part(string header, RangeOutcome outcome) =>
        Assert.Equal(outcome, ByteRange.Parse(header, 0, out _));

    [Fact]
    public void A_range_never_reaches_outside_the_blob()
    {
        var position = Gen.OneOf(Gen.Long[0, 300].Select(value => value.ToString()), Gen.ULong.Select(value => value.ToString()), Gen.Const(""),
            Gen.Char["0123456789-,= x"].Array[0, 5].Select(chars => new string(chars)));
        Gen.Select(position, position, Gen.OneOf(Gen.Long[0, 300], Gen.Long[0, long.MaxValue])).Sample((first, last, length) =>
            ByteRange.Parse($"bytes={first}-{last}", length, out var range) == RangeOutcome.Part
                ? range.Offset >= 0 && range.Length > 0 && range.Offset <= length - range.Length
                : range == default, iter: 20_000);
    }

    [Fact]
    public void Content_range_names_first_and_last_byte_and_the_total()
    {
        Assert.Equal("bytes 10-19/100", new ByteRange(10, 10).ToContentRange(100));
        Assert.Equal("bytes */100", ByteRange.UnsatisfiedContentRange(100));
    }
}
