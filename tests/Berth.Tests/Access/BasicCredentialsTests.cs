using System.Text;
using Berth.Server.Access.Login;

namespace Berth.Tests.Access;

public sealed class BasicCredentialsTests
{
    [Theory]
    [InlineData("alice:hunter2", "alice", "hunter2")]
    [InlineData("alice:hun:ter:2", "alice", "hun:ter:2")]
    [InlineData("alice:", "alice", "")]
    [InlineData(":hunter2", "", "hunter2")]
    [InlineData("älice:pässword", "älice", "pässword")]
    [InlineData(" alice : hunter2 ", " alice ", " hunter2 ")]
    public void Name_and_secret_are_parted_at_the_first_colon(string text, string username, string secret)
    {
        Assert.True(BasicCredentials.TryParse(Header(text), out var credentials));
        Assert.Equal(new BasicCredentials(username, secret), credentials);
    }

    [Theory]
    [InlineData("basic YTpi")]
    [InlineData("BASIC YTpi")]
    [InlineData("Basic  YTpi ")]
    public void The_scheme_compares_without_regard_to_case(string header)
    {
        Assert.True(BasicCredentials.TryParse(header, out var credentials));
        Assert.Equal(new BasicCredentials("a", "b"), credentials);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Bearer YTpi")]
    [InlineData("BasicYTpi")]
    [InlineData("Basic YTpi YTpi!")]
    [InlineData("Basic YTp")]
    [InlineData("Basic a:b")]
    [InlineData("Basic YWI=")]
    public void Other_headers_hold_no_credentials(string? header) => Assert.False(BasicCredentials.TryParse(header, out _));

    [Fact]
    public void A_header_over_8_KiB_is_refused()
    {
        Assert.True(BasicCredentials.TryParse(Header("a:" + new string('x', 6000)), out _));
        Assert.False(BasicCredentials.TryParse(Header("a:" + new string('x', 7000)), out _));
    }

    [Fact]
    public void Printing_it_hides_the_secret()
    {
        var credentials = new BasicCredentials("alice", "hunter2");
        Assert.Equal("alice:***", $"{credentials}");
    }

    private static string Header(string text) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
