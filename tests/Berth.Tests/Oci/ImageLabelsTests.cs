using System.Text;
using System.Text.Json;
using Berth.Oci;

namespace Berth.Tests.Oci;

public sealed class ImageLabelsTests
{
    [Theory]
    [InlineData("""{"config":{"Labels":{"a":"1","b":""}}}""", "a=1 b=")]
    [InlineData("""{"config":{"Labels":{"a":1,"b":null,"c":"3"}}}""", "c=3")]
    [InlineData("""{"config":{"Labels":{"a":"1","a":"2"}}}""", "a=2")]
    [InlineData("""{"config":{"Labels":{"":"1","a\nb":"2","c":"x\u0000y"}}}""", "")]
    [InlineData("""{"config":{"Labels":{"a":"1","b":"\ud800","c":"3"}}}""", "a=1")]
    [InlineData("""{"config":{"Labels":null}}""", "")]
    [InlineData("""{"config":[]}""", "")]
    [InlineData("[]", "")]
    [InlineData("{", "")]
    [InlineData("", "")]
    public void Labels_are_read_leniently(string config, string labels) =>
        Assert.Equal(labels, string.Join(' ', ImageLabels.Read(Encoding.UTF8.GetBytes(config)).Select(label => $"{label.Key}={label.Value}")));

    [Fact]
    public void Of_many_labels_the_first_are_read_and_of_long_values_the_start()
    {
        var labels = Enumerable.Range(0, 10_000).ToDictionary(i => $"k{i}", i => i == 0 ? new string('x', 254) + "\U0001F600" : "v");
        labels[new string('k', 256)] = "too long";
        var read = ImageLabels.Read(JsonSerializer.SerializeToUtf8Bytes(new { config = new { Labels = labels } }));
        Assert.Equal(ImageLabels.MaxLabels, read.Count);
        Assert.Equal(new string('x', 254), read["k0"]);
    }
}
