using System.Net;
using System.Text.RegularExpressions;
using Berth.Tests.Harness;

namespace Berth.Tests.Web.Account;

/// <summary>The page of one's own access tokens.</summary>
public sealed partial class OwnTokenPageTests(TestServer server)
{
    private const string Path = "/-/user_settings/personal_access_tokens";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_is_shown_once_works_stands_in_the_list_and_ends_by_its_button()
    {
        var user = await server.NewUser();
        using var browser = await Browser.SignedIn(server, user);
        using var reply = await Create(browser, ("name", "build box <i>"), ("scopes", "api"), ("scopes", "read_registry"));
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.True(reply.Headers.CacheControl!.NoStore);
        var secret = Secret().Match(await reply.Content.ReadAsStringAsync(Cancel)).Value;
        using (var works = await server.Send(HttpMethod.Get, "/api/v4/user", token: secret))
            Assert.Equal(HttpStatusCode.OK, works.StatusCode);
        var list = await browser.Page(Path);
        Assert.DoesNotContain(secret, list, StringComparison.Ordinal);
        Assert.Contains("<bdi>build box &lt;i&gt;</bdi>", list, StringComparison.Ordinal);
        Assert.Contains("api, read_registry", list, StringComparison.Ordinal);
        var id = Assert.Single(await server.Query<long>("select id from access_tokens where user_id = @id and name = 'build box <i>'", new { id = user.Id }));
        using var revoked = await browser.Press(Path, $"{Path}/{id}/revoke");
        Assert.Equal(HttpStatusCode.SeeOther, revoked.StatusCode);
        Assert.DoesNotContain("build box", await browser.Page(Path), StringComparison.Ordinal);
        using var dead = await server.Send(HttpMethod.Get, "/api/v4/user", token: secret);
        Assert.Equal(HttpStatusCode.Unauthorized, dead.StatusCode);
    }

    [Fact]
    public async Task What_is_wrong_stands_beside_its_field_and_what_was_filled_in_is_kept()
    {
        using var browser = await Browser.SignedIn(server, await server.NewUser());
        await Refused("field-name-error", "A token needs a name", ("name", " "), ("scopes", "api"));
        await Refused("field-scopes-error", "Choose at least one.", ("name", "n"));
        await Refused("field-scopes-error", "is no scope", ("name", "n"), ("scopes", "sudo"));
        await Refused("field-expires_at-error", "must be a day in the future", ("name", "n"), ("scopes", "api"), ("expires_at", "2001-01-01"));
        await Refused("field-expires_at-error", "must be no later than", ("name", "n"), ("scopes", "api"), ("expires_at", "2999-01-01"));
        var html = await Refused("field-expires_at-error", "A day is written as", ("name", "kept \" name"), ("scopes", "read_user"), ("expires_at", "tomorrow"));
        Assert.Contains("value=\"kept &quot; name\"", html, StringComparison.Ordinal);
        Assert.Matches("value=\"read_user\" checked", html);
        Assert.DoesNotMatch("value=\"api\" checked", html);

        async Task<string> Refused(string field, string words, params (string, string)[] fields)
        {
            using var reply = await Create(browser, fields);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.StatusCode);
            var page = await reply.Content.ReadAsStringAsync(Cancel);
            Assert.Matches($"<p class=\"error\" id=\"{field}\">[^<]*{words}", page);
            return page;
        }
    }

    [Fact]
    public async Task Another_s_token_is_neither_shown_nor_revoked()
    {
        var other = await server.NewUser();
        using var browser = await Browser.SignedIn(server, await server.NewUser());
        var form = Browser.Hidden(await browser.Page(Path));
        using var reply = await browser.Post($"{Path}/{other.TokenId}/revoke", form);
        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        using var alive = await server.Send(HttpMethod.Get, "/api/v4/user", token: other.Token);
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    [Fact]
    public async Task A_form_without_its_token_makes_and_revokes_none()
    {
        var user = await server.NewUser();
        using var browser = await Browser.SignedIn(server, user);
        using var made = await browser.Post(Path, [("name", "n"), ("scopes", "api")]);
        Assert.Equal(HttpStatusCode.Forbidden, made.StatusCode);
        using var revoked = await browser.Post($"{Path}/{user.TokenId}/revoke", []);
        Assert.Equal(HttpStatusCode.Forbidden, revoked.StatusCode);
        Assert.Equal(user.TokenId, Assert.Single(await server.Query<long>("select id from access_tokens where user_id = @id and revoked_at is null", new { id = user.Id })));
    }

    private static async Task<HttpResponseMessage> Create(Browser browser, params (string, string)[] fields) =>
        await browser.Post(Path, [.. Browser.Hidden(await browser.Page(Path)), .. fields]);

    [GeneratedRegex("glpat-[A-Za-z0-9]{20,}")]
    private static partial Regex Secret();
}
