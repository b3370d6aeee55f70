using System.Net;
using Berth.Tests.Harness;

namespace Berth.Tests.Web.Account;

/// <summary>The page that changes one's own password.</summary>
public sealed class PasswordPageTests(TestServer server)
{
    private const string Path = "/-/user_settings/password";
    private const string NewPassword = "another correct horse";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_password_signs_every_other_browser_out_and_keeps_this_one_by_a_new_session()
    {
        var user = await server.NewUser();
        using var here = await Browser.SignedIn(server, user);
        using var there = await Browser.SignedIn(server, user);
        var before = here.Cookie("berth_session");
        using var reply = await Change(here, user.Password, NewPassword, NewPassword);
        Assert.Equal(HttpStatusCode.SeeOther, reply.StatusCode);
        Assert.NotEqual(before, here.Cookie("berth_session"));
        Assert.Contains("Your password is changed.", await here.Page(Path), StringComparison.Ordinal);
        using var away = await there.Get("/");
        Assert.Equal(HttpStatusCode.Redirect, away.StatusCode);
        using var stale = await there.SignIn(user.Name, user.Password);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, stale.StatusCode);
        using var fresh = await there.SignIn(user.Name, NewPassword);
        Assert.Equal(HttpStatusCode.SeeOther, fresh.StatusCode);
    }

    [Fact]
    public async Task A_note_is_said_once_and_no_cookie_makes_a_page_say_other_words()
    {
        var user = await server.NewUser();
        using var browser = await Browser.SignedIn(server, user);
        using (await Change(browser, user.Password, NewPassword, NewPassword))
            Assert.Contains("role=\"status\"", await browser.Page(Path), StringComparison.Ordinal);
        Assert.DoesNotContain("role=\"status\"", await browser.Page(Path), StringComparison.Ordinal);
        foreach (var forged in new[] { "0", "99999", "-1", "<b>", "PasswordChanged" })
        {
            browser.Cookies.Add(new Uri(server.Url), new Cookie("berth_note", Uri.EscapeDataString(forged)));
            Assert.DoesNotContain("role=\"status\"", await browser.Page(Path), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("wrong password", NewPassword, NewPassword, "field-current-error", "This is not your password.")]
    [InlineData("", NewPassword, NewPassword, "field-current-error", "This is not your password.")]
    [InlineData(null, "short", "short", "field-password-error", "It is too short (minimum is 8 characters).")]
    [InlineData(null, NewPassword, "something else", "field-repeat-error", "The two new passwords differ.")]
    public async Task What_is_wrong_stands_beside_its_field_and_no_password_comes_back(string? current, string password, string repeat, string field, string words)
    {
        var user = await server.NewUser();
        using var browser = await Browser.SignedIn(server, user);
        using var reply = await Change(browser, current ?? user.Password, password, repeat);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.StatusCode);
        var html = await reply.Content.ReadAsStringAsync(Cancel);
        Assert.Contains($"<p class=\"error\" id=\"{field}\">{words}</p>", html, StringComparison.Ordinal);
        Assert.Contains($"aria-describedby=\"{field}\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain($"value=\"{password}\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain(user.Password, html, StringComparison.Ordinal);
        using var other = new Browser(server);
        using var still = await other.SignIn(user.Name, user.Password);
        Assert.Equal(HttpStatusCode.SeeOther, still.StatusCode);
    }

    [Fact]
    public async Task Wrong_current_passwords_are_throttled_as_at_the_sign_in()
    {
        await using var own = await TestServer.StartOwn([IPNetwork.Parse("127.0.0.0/8")]);
        var user = await own.NewUser();
        using var browser = await Browser.SignedIn(own, user);
        var (status, html) = (HttpStatusCode.UnprocessableEntity, "");
        for (var tried = 0; tried < 50 && status == HttpStatusCode.UnprocessableEntity; tried++)
        {
            using var reply = await Change(browser, $"guess {tried}", NewPassword, NewPassword, request => request.Headers.Add("X-Forwarded-For", "203.0.113.9"));
            (status, html) = (reply.StatusCode, await reply.Content.ReadAsStringAsync(Cancel));
        }
        Assert.NotEqual(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("id=\"field-current-error\">Too many wrong passwords", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_without_its_token_changes_no_password()
    {
        var user = await server.NewUser();
        using var browser = await Browser.SignedIn(server, user);
        using var reply = await browser.Post(Path, [("current", user.Password), ("password", NewPassword), ("repeat", NewPassword)]);
        Assert.Equal(HttpStatusCode.Forbidden, reply.StatusCode);
        await browser.Page("/");
        using var other = await Browser.SignedIn(server, user);
    }

    private static async Task<HttpResponseMessage> Change(Browser browser, string current, string password, string repeat, Action<HttpRequestMessage>? with = null) =>
        await browser.Post(Path, [.. Browser.Hidden(await browser.Page(Path)), ("current", current), ("password", password), ("repeat", repeat)], with);
}
