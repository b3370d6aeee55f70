using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Web.Account;

/// <summary>Who one is, and where one's password and tokens are.</summary>
public sealed class ProfilePageTests(TestServer server)
{
    private const string Page = "/-/user_settings/profile";

    [Fact]
    public async Task The_profile_shows_name_and_e_mail_as_text_and_leads_to_password_and_tokens()
    {
        var user = await server.NewUser();
        await Api.Put(server, $"/users/{user.Id}", TestServer.RootToken, new { name = "<b>Ada</b>", email = "ada@example.com" });
        using var browser = await Browser.SignedIn(server, user);
        var html = await browser.Page(Page);
        foreach (var shown in new[] { $">{user.Name}<", "&lt;b&gt;Ada&lt;/b&gt;", ">ada@example.com<", "href=\"/-/user_settings/password\"", "href=\"/-/user_settings/personal_access_tokens\"" })
            Assert.Contains(shown, html, StringComparison.Ordinal);
        Assert.DoesNotContain("/admin", html, StringComparison.Ordinal);
        Assert.Contains($"href=\"{Page}\"", await browser.Page("/"), StringComparison.Ordinal);
        using var root = new Browser(server);
        using (await root.SignIn("root", TestServer.RootPassword))
            Assert.Contains("href=\"/admin/users\"", await root.Page(Page), StringComparison.Ordinal);
    }
}
