using System.Text;
using Berth.Oci;
using CsCheck;

namespace Berth.Tests.Oci;

public sealed class ImageConfigTests
{
    private const string Complete = """
        {
          "created": "2026-01-02T03:04:05.678901234+01:00",
          "author": "somebody",
          "architecture": "arm64",
          "os": "linux",
          "variant": "v8",
          "os.version": "10.0.20348.1",
          "config": { "Env": ["PATH=/bin"], "os": "plan9" },
          "rootfs": { "type": "layers", "diff_ids": [] },
          "history": [{ "created": "2001-01-01T00:00:00Z" }]
        }
        """;

    [Fact]
    public void Platform_and_time_are_read_from_the_top_of_the_config()
    {
        var config = Parse(Complete)!;
        Assert.Equal(new ImageConfig("linux", "arm64", "v8", "10.0.20348.1", config.Created), config);
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 2, 4, 5, TimeSpan.Zero).AddTicks(6789012), config.Created);
        Assert.Equal(TimeSpan.Zero, config.Created!.Value.Offset);
    }

    [Theory]
    [InlineData("\"2026-01-02T03:04:05Z\"", true)]
    [InlineData("\"2026-01-02T03:04:05.5-08:00\"", true)]
    [InlineData("\"2026-01-02T03:04:05\"", false)]
    [InlineData("\"2026-01-02\"", false)]
    [InlineData("\"0001-01-01T00:00:00Z\"", false)]
    [InlineData("\"0001-01-01T00:00:00+14:00\"", false)]
    [InlineData("\"yesterday, I think, it was+01:00\"", false)]
    [InlineData("\"\"", false)]
    [InlineData("1767322245", false)]
    [InlineData("null", false)]
    [InlineData("{\"a\":[1]}", false)]
    public void A_time_needs_an_offset_and_a_year_that_somebody_set(string created, bool isTime) =>
        Assert.Equal(isTime, Parse($$"""{"created":{{created}},"os":"linux"}""")!.Created is not null);

    [Theory]
    [InlineData("""{"os":1}""")]
    [InlineData("""{"os":null}""")]
    [InlineData("""{"os":""}""")]
    [InlineData("""{"os":["linux"]}""")]
    [InlineData("""{"os":{"os":"linux"}}""")]
    [InlineData("""{"OS":"linux"}""")]
    [InlineData("""{"os":"li\u0000nux"}""")]
    [InlineData("""{"os":"li\nnux"}""")]
    [InlineData("{}")]
    public void A_field_that_is_no_text_is_null(string json) => Assert.Null(Parse(json)!.Os);

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void A_text_over_its_limit_is_null(int length, bool kept) =>
        Assert.Equal(kept, Parse($$"""{"os":"{{new string('x', length)}}"}""")!.Os is not null);

    [Fact]
    public void Of_a_field_that_occurs_twice_the_last_counts() => Assert.Equal("b", Parse("""{"os":"a","os":"b"}""")!.Os);

    [Fact]
    public void An_escaped_name_or_value_is_read() => Assert.Equal("linux", Parse("""{"\u006fs":"l\u0069nux"}""")!.Os);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"os\"")]
    [InlineData("{")]
    [InlineData("{\"os\":\"linux\"")]
    [InlineData("{\"os\":\"linux\"} {}")]
    [InlineData("{\"os\":\"linux\"}x")]
    [InlineData("{\"os\":\"\\ud800\"}")]
    [InlineData("{\"os\":\"linux\",}")]
    public void What_is_no_single_object_is_no_config(string json) => Assert.Null(Parse(json));

    [Fact]
    public void What_is_not_UTF_8_or_too_large_is_no_config()
    {
        Assert.Null(ImageConfig.TryParse([.. "{\"a\":\""u8, 0xff, .. "\"}"u8]));
        Assert.NotNull(Parse("{\"a\":\"" + new string('x', OciLimits.MaxConfigBytes - 8) + "\"}"));
        Assert.Null(Parse("{\"a\":\"" + new string('x', OciLimits.MaxConfigBytes - 7) + "\"}"));
    }

    [Fact]
    public void No_damage_makes_reading_throw() =>
        Damage.Of(Complete).Sample(bytes => { ImageConfig.TryParse(bytes); }, iter: 5_000);

    private static ImageConfig? Parse(string json) => ImageConfig.TryParse(Encoding.UTF8.GetBytes(json));
}
