using System.Net;
using System.Text.RegularExpressions;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Web.Places;

/// <summary>The settings of projects and groups, and their tokens.</summary>
public sealed partial class SettingsPageTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_project_s_settings_are_saved_it_is_renamed_transferred_and_deleted_by_its_name()
    {
        var owner = await server.NewUser();
        var (group, path) = await Api.NewGroup(server, owner);
        await Api.NewProject(server, owner, group, "app");
        using var browser = await Browser.SignedIn(server, owner);
        var page = $"/{path}/app/-/edit";
        using (var saved = await Send(browser, page, page, ("name", "The <app>"), ("description", "d"), ("visibility", "private"), ("registry", "private"), ("sparse", "yes")))
            Assert.Equal(page, saved.Headers.Location!.OriginalString);
        var html = await browser.Page(page);
        Assert.Contains("value=\"The &lt;app&gt;\"", html, StringComparison.Ordinal);
        Assert.Matches("value=\"yes\" checked", html);
        await Refused(browser, page, page, "visibility", "is not allowed in a private group", ("name", "n"), ("visibility", "public"), ("registry", "enabled"));
        await Refused(browser, page, $"{page}/rename", "path", "It can contain only", ("path", "a b"));
        using (var renamed = await Send(browser, page, $"{page}/rename", ("path", "new")))
            Assert.Equal($"/{path}/new/-/edit", renamed.Headers.Location!.OriginalString);
        page = $"/{path}/new/-/edit";
        using (var moved = await Send(browser, page, $"{page}/transfer", ("namespace", owner.Name)))
            Assert.Equal($"/{owner.Name}/new/-/edit", moved.Headers.Location!.OriginalString);
        page = $"/{owner.Name}/new/-/edit";
        await Refused(browser, page, $"{page}/delete", "confirm", "Type ", ("confirm", "new"));
        await browser.Page(page);
        using (var deleted = await Send(browser, page, $"{page}/delete", ("confirm", $"{owner.Name}/new")))
            Assert.Equal("/", deleted.Headers.Location!.OriginalString);
        await browser.Page(page, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_group_s_settings_are_saved_and_it_is_deleted_by_its_name_when_it_is_empty()
    {
        var owner = await server.NewUser();
        var (group, path) = await Api.NewGroup(server, owner);
        var project = await Api.NewProject(server, owner, group, "app");
        using var browser = await Browser.SignedIn(server, owner);
        var page = $"/groups/{path}/-/edit";
        using (var saved = await Send(browser, page, page, ("name", "Team"), ("description", ""), ("visibility", "internal"), ("creation", "developer"), ("push", "yes")))
            Assert.Equal(page, saved.Headers.Location!.OriginalString);
        var row = await Api.Get(server, $"/groups/{group}", owner.Token);
        Assert.Equal(("Team", "internal", "developer", true), (row.GetProperty("name").GetString(), row.GetProperty("visibility").GetString(), row.GetProperty("project_creation_level").GetString(), row.GetProperty("push_creates_projects").GetBoolean()));
        await Refused(browser, page, $"{page}/delete", "confirm", "It still holds projects", ("confirm", path));
        await Api.Delete(server, $"/projects/{project}", owner.Token, HttpStatusCode.Accepted);
        await Refused(browser, page, $"{page}/delete", "confirm", "Type ", ("confirm", "other"));
        using (var deleted = await Send(browser, page, $"{page}/delete", ("confirm", path)))
            Assert.Equal("/", deleted.Headers.Location!.OriginalString);
        await browser.Page($"/{path}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Each_page_is_for_its_role_and_forms_without_their_token_change_nothing()
    {
        var (owner, developer) = (await server.NewUser(), await server.NewUser());
        var (group, path) = await Api.NewGroup(server, owner);
        await Api.NewProject(server, owner, group, "app");
        await Api.AddMember(server, owner, $"groups/{group}", developer, 30);
        using var low = await Browser.SignedIn(server, developer);
        using var high = await Browser.SignedIn(server, owner);
        foreach (var page in new[] { $"/{path}/app/-/edit", $"/{path}/app/-/settings/access_tokens", $"/{path}/app/-/settings/deploy_tokens", $"/groups/{path}/-/edit", $"/groups/{path}/-/settings/access_tokens", $"/groups/{path}/-/settings/deploy_tokens" })
        {
            await low.Page(page, HttpStatusCode.Forbidden);
            await high.Page(page);
            using var forged = await high.Post(page, [("name", "forged"), ("scopes", "read_registry"), ("access_level", "30"), ("visibility", "private"), ("registry", "enabled"), ("creation", "owner")]);
            Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
            Assert.DoesNotContain("forged", await high.Page(page), StringComparison.Ordinal);
        }
        foreach (var page in new[] { $"/{path}/app/-/edit", $"/groups/{path}/-/edit" })
        {
            using var forged = await high.Post($"{page}/delete", [("confirm", page.Contains("app", StringComparison.Ordinal) ? $"{path}/app" : path)]);
            Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        }
        await high.Page($"/{path}/app");
    }

    [Theory]
    [InlineData("settings/access_tokens", true)]
    [InlineData("settings/access_tokens", false)]
    [InlineData("settings/deploy_tokens", true)]
    [InlineData("settings/deploy_tokens", false)]
    public async Task A_token_is_shown_once_opens_the_registry_and_ends_by_its_button(string tokens, bool ofGroup)
    {
        var owner = await server.NewUser();
        var (group, path) = await Api.NewGroup(server, owner);
        await Api.NewProject(server, owner, group, "app");
        using var browser = await Browser.SignedIn(server, owner);
        var page = ofGroup ? $"/groups/{path}/-/{tokens}" : $"/{path}/app/-/{tokens}";
        await Refused(browser, page, page, "scopes", "Choose at least one", ("name", "n"), ("access_level", "30"));
        using var made = await Send(browser, page, page, ("name", "for <tests>"), ("username", tokens.Contains("deploy", StringComparison.Ordinal) ? "puller" : ""), ("expires_at", ""), ("scopes", "read_registry"), ("access_level", "30"));
        Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        var secret = Secret().Match(await made.Content.ReadAsStringAsync(Cancel)).Value;
        await server.RegistryToken($"puller:{secret}", $"repository:{path}/app:pull");
        var list = await browser.Page(page);
        Assert.DoesNotContain(secret, list, StringComparison.Ordinal);
        Assert.Contains("<bdi>for &lt;tests&gt;</bdi>", list, StringComparison.Ordinal);
        var action = Action().Match(list).Groups[1].Value;
        using var revoked = await browser.Press(page, action);
        Assert.Equal(HttpStatusCode.SeeOther, revoked.StatusCode);
        using var refused = await server.Send(HttpMethod.Get, "/jwt/auth?service=container_registry", basic: $"puller:{secret}");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Theory]
    [InlineData("access_tokens", "More tokens")]
    [InlineData("deploy_tokens", "More deploy tokens")]
    public async Task Many_tokens_go_on_behind_a_link_and_those_that_ended_are_left_out(string tokens, string words)
    {
        var owner = await server.NewUser();
        var (group, path) = await Api.NewGroup(server, owner);
        var list = $"/projects/{await Api.NewProject(server, owner, group, "app")}/{tokens}";
        var made = new List<long>();
        for (var number = 0; number <= 51; number++)
            made.Add((await Api.Post(server, list, owner.Token, new { name = $"t{number:D2}", scopes = new[] { "read_registry" } })).GetProperty("id").GetInt64());
        await Api.Delete(server, $"{list}/{made[0]}", owner.Token, HttpStatusCode.NoContent);
        using var browser = await Browser.SignedIn(server, owner);
        var page = $"/{path}/app/-/settings/{tokens}";
        var (first, second) = (await browser.Page(page), await browser.Page(page + "?page=2"));
        Assert.Contains("<bdi>t50</bdi>", first, StringComparison.Ordinal);
        Assert.DoesNotContain("<bdi>t00</bdi>", first, StringComparison.Ordinal);
        Assert.Contains($"<a href=\"{page}?page=2\" rel=\"next\">{words}</a>", first, StringComparison.Ordinal);
        Assert.Contains("<bdi>t51</bdi>", second, StringComparison.Ordinal);
        Assert.DoesNotContain("rel=\"next\"", second, StringComparison.Ordinal);
    }

    private static async Task Refused(Browser browser, string page, string action, string field, string words, params (string, string)[] fields)
    {
        using var reply = await Send(browser, page, action, fields);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.StatusCode);
        Assert.Matches($"id=\"field-{field}-error\">[^<]*{words}", await reply.Content.ReadAsStringAsync(Cancel));
    }

    private static async Task<HttpResponseMessage> Send(Browser browser, string page, string action, params (string, string)[] fields) =>
        await browser.Post(action, [.. Browser.Hidden(await browser.Page(page)), .. fields]);

    [GeneratedRegex("gl(pat|dt)-[A-Za-z0-9]{20,}")]
    private static partial Regex Secret();

    [GeneratedRegex("action=\"([^\"]*/revoke)\"")]
    private static partial Regex Action();
}
