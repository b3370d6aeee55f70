using Berth.Server.Http;
using Berth.Server.Web;

namespace Berth.Tests.Web;

/// <summary>Times, sizes and addresses as pages say them.</summary>
public sealed class TextTests
{
    [Theory]
    [InlineData(0, "just now")]
    [InlineData(4.9, "just now")]
    [InlineData(59.9, "59 seconds ago")]
    [InlineData(60, "1 minute ago")]
    [InlineData(7200, "2 hours ago")]
    [InlineData(86400, "1 day ago")]
    [InlineData(40 * 86400, "1 month ago")]
    [InlineData(364 * 86400, "11 months ago")]
    [InlineData(365 * 86400, "1 year ago")]
    [InlineData(800 * 86400, "2 years ago")]
    [InlineData(-3, "just now")]
    [InlineData(-120, "in 2 minutes")]
    public void Time_is_said_as(double secondsAgo, string words) =>
        Assert.Equal(words, RelativeTime.Of(DateTimeOffset.UnixEpoch.AddDays(10_000).AddSeconds(-secondsAgo), DateTimeOffset.UnixEpoch.AddDays(10_000)));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.00 KiB")]
    [InlineData(10_239, "10.0 KiB")]
    [InlineData(1_048_575, "1.00 MiB")]
    [InlineData(104_857_600, "100 MiB")]
    [InlineData(long.MaxValue, "8.00 EiB")]
    public void Size_is_said_as(long bytes, string words) => Assert.Equal(words, BinarySize.Of(bytes));

    [Theory]
    [InlineData("/root/hello", "/root:hello")]
    [InlineData("/root/hello/", "/root:hello/")]
    [InlineData("/a/b/c/-/pipelines/1", "/a:b:c/-/pipelines/1")]
    [InlineData("/a/b:c/-/ci", "/a:b\uFFFDc/-/ci")]
    public void Path_of_a_project_is_folded(string path, string folded)
    {
        Assert.True(PagePath.TryFold(path, out var to));
        Assert.Equal(folded, to);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/root")]
    [InlineData("/v2/a/b/manifests/latest")]
    [InlineData("/api/v4/projects/1/-/x")]
    [InlineData("/-/metrics/x")]
    [InlineData("/users/sign_in")]
    [InlineData("/assets/a/b")]
    [InlineData("/root:hello.git/info/refs")]
    public void Other_paths_are_left_alone(string path) => Assert.False(PagePath.TryFold(path, out _));
}
