using System.Net;
using Berth.Server.Access.Accounts;
using Berth.Server.Access.Login;
using Berth.Server.Access.Pages;
using Berth.Server.Operation;
using Berth.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Tests.Web;

/// <summary>Signing in and out, and what ends a session.</summary>
public sealed class SignInTests(TestServer server)
{
    private const string Session = "berth_session";

    [Fact]
    public async Task A_page_sends_who_is_not_signed_in_to_sign_in_and_back()
    {
        var user = await server.NewUser();
        using var browser = new Browser(server);
        using var away = await browser.Get("/-nothing/here?a=b");
        Assert.Equal(HttpStatusCode.Redirect, away.StatusCode);
        Assert.Equal("/users/sign_in?return_to=%2F-nothing%2Fhere%3Fa%3Db", away.Headers.Location!.OriginalString);
        using var back = await browser.SignIn(user.Name, user.Password, "/-nothing/here?a=b");
        Assert.Equal(HttpStatusCode.SeeOther, back.StatusCode);
        Assert.Equal("/-nothing/here?a=b", back.Headers.Location!.OriginalString);
        Assert.Contains(user.Name, await browser.Page("/"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("https://evil.example/")]
    [InlineData("/a\r\nSet-Cookie: x=y")]
    [InlineData("javascript:alert(1)")]
    public async Task Signing_in_leads_to_no_other_site(string returnTo)
    {
        var user = await server.NewUser();
        using var browser = new Browser(server);
        using var reply = await browser.SignIn(user.Name, user.Password, returnTo);
        Assert.Equal("/", reply.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_user_get_the_same_words_and_no_session()
    {
        var user = await server.NewUser();
        using var browser = new Browser(server);
        foreach (var (name, password) in ((string, string)[])[(user.Name, "wrong"), ("nobody-here", "wrong"), (user.Name, "")])
        {
            using var reply = await browser.SignIn(name, password);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.StatusCode);
            Assert.Contains("Wrong user name or password.", await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
            Assert.Null(browser.Cookie(Session));
        }
    }

    [Fact]
    public async Task An_access_token_does_not_sign_in_since_a_session_may_more_than_its_scopes()
    {
        var user = await server.NewUser("read_registry");
        using var browser = new Browser(server);
        using var reply = await browser.SignIn(user.Name, user.Token);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.StatusCode);
    }

    [Fact]
    public async Task The_session_cookie_is_kept_from_scripts_and_other_sites_and_the_database_has_only_its_hash()
    {
        var user = await server.NewUser();
        using var browser = new Browser(server);
        using var reply = await browser.SignIn(user.Name, user.Password);
        var cookie = Assert.Single(reply.Headers.GetValues("Set-Cookie"), value => value.StartsWith(Session + "=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=lax", cookie, StringComparison.Ordinal);
        Assert.Contains("path=/", cookie, StringComparison.Ordinal);
        Assert.Contains("max-age=1209600", cookie, StringComparison.Ordinal);
        var secret = browser.Cookie(Session)!;
        Assert.True(secret.Length >= 43);
        var hash = Assert.Single(await server.Query<byte[]>("select secret_hash from sessions where user_id = @id", new { id = user.Id }));
        Assert.Equal(Credentials.HashSecret(secret), hash);
    }

    [Fact]
    public async Task Signing_in_makes_a_session_anew_and_ends_the_one_before()
    {
        var user = await server.NewUser();
        using var browser = await Browser.SignedIn(server, user);
        var before = browser.Cookie(Session);
        using var again = await browser.SignIn(user.Name, user.Password);
        Assert.NotEqual(before, browser.Cookie(Session));
        Assert.Single(await server.Query<byte[]>("select secret_hash from sessions where user_id = @id", new { id = user.Id }));
    }

    [Fact]
    public async Task Signing_out_ends_the_session_itself_not_only_the_cookie()
    {
        var user = await server.NewUser();
        using var browser = await Browser.SignedIn(server, user);
        var secret = browser.Cookie(Session)!;
        using var reply = await browser.Press("/", "/users/sign_out");
        Assert.Equal(HttpStatusCode.SeeOther, reply.StatusCode);
        Assert.Null(browser.Cookie(Session));
        using var thief = new Browser(server);
        thief.Cookies.Add(new Uri(server.Url), new Cookie(Session, secret));
        using var refused = await thief.Get("/");
        Assert.Equal(HttpStatusCode.Redirect, refused.StatusCode);
    }

    [Fact]
    public async Task A_session_ends_after_14_days_and_a_blocked_user_has_none()
    {
        await using var own = await TestServer.StartOwn();
        var user = await own.NewUser();
        using var browser = await Browser.SignedIn(own, user);
        own.Clock.Advance(TimeSpan.FromDays(13.9));
        await browser.Page("/");
        own.Clock.Advance(TimeSpan.FromDays(0.2));
        using var late = await browser.Get("/");
        Assert.Equal(HttpStatusCode.Redirect, late.StatusCode);
        using var other = await Browser.SignedIn(own, user);
        await own.Database.Write(transaction => transaction.Execute("update users set state = 2 where id = @id", new { id = user.Id }));
        using var blocked = await other.Get("/");
        Assert.Equal(HttpStatusCode.Redirect, blocked.StatusCode);
    }

    [Fact]
    public async Task A_new_password_ends_the_sessions_of_the_old_one()
    {
        await using var own = await TestServer.StartOwn();
        using var browser = new Browser(own);
        using (await browser.SignIn("root", TestServer.RootPassword))
            await browser.Page("/");
        var password = await RootPassword.Reset(own.Database, own.Settings, own.Services.GetRequiredService<Passwords>(), own.Clock);
        using var ended = await browser.Get("/");
        Assert.Equal(HttpStatusCode.Redirect, ended.StatusCode);
        using var again = await browser.SignIn("root", password);
        Assert.Equal(HttpStatusCode.SeeOther, again.StatusCode);
    }

    [Fact]
    public async Task Where_roots_random_password_is_stands_on_the_page_until_root_has_signed_in()
    {
        await using var own = await TestServer.StartOwn();
        var sessions = own.Services.GetRequiredService<Sessions>();
        Assert.True(await sessions.RootNeverSignedIn(TestContext.Current.CancellationToken));
        using var browser = new Browser(own);
        // This server's password was given to it, so there is no file to point to.
        Assert.DoesNotContain("initial_root_password", await browser.Page("/users/sign_in"), StringComparison.Ordinal);
        await File.WriteAllTextAsync(own.Settings.InitialRootPasswordFile, "random", TestContext.Current.CancellationToken);
        Assert.Contains($"cat {own.Settings.InitialRootPasswordFile}", await browser.Page("/users/sign_in"), StringComparison.Ordinal);
        using var reply = await browser.SignIn("root", TestServer.RootPassword);
        Assert.DoesNotContain("initial_root_password", await browser.Page("/users/sign_in"), StringComparison.Ordinal);
        Assert.False(await sessions.RootNeverSignedIn(TestContext.Current.CancellationToken));
    }
}
