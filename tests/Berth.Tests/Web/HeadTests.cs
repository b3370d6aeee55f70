using System.Net;
using Berth.Tests.Harness;

namespace Berth.Tests.Web;

/// <summary>HEAD answers as GET does, without the body (RFC 9110, section 9.3.2).</summary>
public sealed class HeadTests(TestServer server)
{
    [Theory]
    [InlineData("/-/liveness")]
    [InlineData("/-/readiness")]
    [InlineData("/users/sign_in")]
    [InlineData("/")]
    [InlineData("/nobody/nothing")]
    [InlineData("/no such page")]
    public async Task A_head_has_the_status_and_headers_of_the_get_and_no_body(string path)
    {
        using var get = await server.Send(HttpMethod.Get, path, with: Html);
        using var head = await server.Send(HttpMethod.Head, path, with: Html);
        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.NotEqual(HttpStatusCode.MethodNotAllowed, head.StatusCode);
        Assert.Equal(get.Headers.Location, head.Headers.Location);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_head_of_a_page_needs_no_form_token()
    {
        var user = await server.NewUser();
        using var browser = await Browser.SignedIn(server, user);
        var cookie = $"berth_session={browser.Cookie("berth_session")}";
        using var head = await server.Send(HttpMethod.Head, "/", with: request => request.Headers.Add("Cookie", cookie));
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
    }

    private static void Html(HttpRequestMessage request) => request.Headers.Accept.ParseAdd("text/html");
}
