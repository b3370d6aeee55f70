using System.Net;
using Berth.Tests.Harness;

namespace Berth.Tests.Web;

/// <summary>Forms that another site makes a browser send change nothing.</summary>
public sealed class ForgedFormTests(TestServer server)
{
    private const string SignOut = "/users/sign_out";

    [Fact]
    public async Task A_form_without_the_token_or_with_another_sessions_is_refused()
    {
        using var browser = await Browser.SignedIn(server, await server.NewUser());
        using var other = await Browser.SignedIn(server, await server.NewUser());
        var foreign = Browser.Hidden(await other.Page("/"));
        foreach (var fields in ((string, string)[][])[[], [("form_token", "")], [("form_token", "x")], foreign])
        {
            using var reply = await browser.Post(SignOut, fields);
            Assert.Equal(HttpStatusCode.Forbidden, reply.StatusCode);
            Assert.Contains("did not come from a page of this session", await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        await browser.Page("/");
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task A_form_of_another_site_is_refused_even_with_the_token(string header, string value)
    {
        using var browser = await Browser.SignedIn(server, await server.NewUser());
        var fields = Browser.Hidden(await browser.Page("/"));
        using var reply = await browser.Post(SignOut, fields, request => request.Headers.Add(header, value));
        Assert.Equal(HttpStatusCode.Forbidden, reply.StatusCode);
        await browser.Page("/");
    }

    [Fact]
    public async Task Nobody_is_signed_in_by_a_form_that_their_browser_did_not_get_from_here()
    {
        var user = await server.NewUser();
        using var page = new Browser(server);
        var fields = Browser.Hidden(await page.Page("/users/sign_in"));
        using var victim = new Browser(server);
        await victim.Page("/users/sign_in");
        using var reply = await victim.Post("/users/sign_in", [.. fields, ("username", user.Name), ("password", user.Password)]);
        Assert.Equal(HttpStatusCode.Forbidden, reply.StatusCode);
        Assert.Null(victim.Cookie("berth_session"));
    }
}
