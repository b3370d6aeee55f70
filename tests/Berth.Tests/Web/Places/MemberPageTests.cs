using System.Net;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Web.Places;

/// <summary>The pages of members, of groups and of projects.</summary>
public sealed class MemberPageTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_member_is_added_changed_and_removed_and_may_what_the_role_says(bool ofGroup)
    {
        var (owner, page, path) = await Place(ofGroup);
        var user = await server.NewUser();
        using var browser = await Browser.SignedIn(server, owner);
        using var theirs = await Browser.SignedIn(server, user);
        await theirs.Page(page, HttpStatusCode.NotFound);
        using (var added = await Send(browser, page, page, ("username", user.Name), ("access_level", "10"), ("expires_at", "")))
            Assert.Equal(page, added.Headers.Location!.OriginalString);
        Assert.Contains($"action=\"{page}/{user.Id}\"", await browser.Page(page), StringComparison.Ordinal);
        Assert.DoesNotContain("Add a member", await theirs.Page(page), StringComparison.Ordinal);
        using (var forbidden = await Send(theirs, page, page, ("username", owner.Name), ("access_level", "10")))
            Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        using (var changed = await Send(browser, page, $"{page}/{user.Id}", ("access_level", "20"), ("expires_at", "2999-01-01")))
            Assert.Equal(HttpStatusCode.SeeOther, changed.StatusCode);
        Assert.Contains("until 2999-01-01", await theirs.Page(page), StringComparison.Ordinal);
        using (var removed = await browser.Press(page, $"{page}/{user.Id}/remove"))
            Assert.Equal(HttpStatusCode.SeeOther, removed.StatusCode);
        await theirs.Page($"/{path}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_is_refused_stands_beside_its_field_or_above_the_list()
    {
        var (owner, page, _) = await Place(ofGroup: true);
        using var browser = await Browser.SignedIn(server, owner);
        foreach (var (field, words, fields) in ((string, string, (string, string)[])[])
        [
            ("username", "Nobody is called so", [("username", "nobody-here"), ("access_level", "30")]),
            ("username", "is a member here already", [("username", owner.Name), ("access_level", "30")]),
            ("access_level", "Choose a role", [("username", "nobody-here"), ("access_level", "35")]),
            ("expires_at", "cannot be a date in the past", [("username", owner.Name), ("access_level", "30"), ("expires_at", "2001-01-01")]),
        ])
        {
            using var reply = await Send(browser, page, page, fields);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.StatusCode);
            Assert.Matches($"id=\"field-{field}-error\">[^<]*{words}", await reply.Content.ReadAsStringAsync(Cancel));
        }
        using var last = await browser.Press(page, $"{page}/{owner.Id}/remove");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, last.StatusCode);
        Assert.Contains("no other Owner", await last.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_lists_those_of_the_groups_above_with_where_the_role_is_from()
    {
        var owner = await server.NewUser();
        var (group, path) = await Api.NewGroup(server, owner);
        await Api.NewProject(server, owner, group, "app");
        using var browser = await Browser.SignedIn(server, owner);
        var html = await browser.Page($"/{path}/app/-/project_members");
        Assert.Contains($"Owner from <a href=\"/{path}\">", html, StringComparison.Ordinal);
        Assert.DoesNotContain("/remove\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_without_its_token_changes_no_member()
    {
        var (owner, page, _) = await Place(ofGroup: true);
        var user = await server.NewUser();
        using var browser = await Browser.SignedIn(server, owner);
        foreach (var path in new[] { page, $"{page}/{owner.Id}", $"{page}/{owner.Id}/remove" })
        {
            using var reply = await browser.Post(path, [("username", user.Name), ("access_level", "30")]);
            Assert.Equal(HttpStatusCode.Forbidden, reply.StatusCode);
        }
        Assert.DoesNotContain(user.Name, await browser.Page(page), StringComparison.Ordinal);
    }

    private async Task<(TestUser Owner, string Page, string Path)> Place(bool ofGroup)
    {
        var owner = await server.NewUser();
        if (ofGroup)
        {
            var (_, path) = await Api.NewGroup(server, owner);
            return (owner, $"/groups/{path}/-/group_members", path);
        }
        await (await RegistryClient.For(server, owner, $"{owner.Name}/app")).PushImage("v1");
        return (owner, $"/{owner.Name}/app/-/project_members", $"{owner.Name}/app");
    }

    private static async Task<HttpResponseMessage> Send(Browser browser, string page, string action, params (string, string)[] fields) =>
        await browser.Post(action, [.. Browser.Hidden(await browser.Page(page)), .. fields]);
}
