using System.Net;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Web.Administration;

/// <summary>Users, as administrators find, make, change, block and delete them.</summary>
public sealed class UserAdminPageTests(TestServer server)
{
    private const string List = "/admin/users";

    private static string Fresh => "u" + Guid.NewGuid().ToString("N")[..12];

    [Fact]
    public async Task A_user_is_made_found_changed_and_given_a_password()
    {
        var name = Fresh;
        using var browser = await Browser.SignedIn(server, AdminApi.Root);
        await browser.Refused($"{List}/new", List, "username", "can contain only", ("username", "a b"), ("name", ""), ("email", ""), ("password", ""));
        await browser.Refused($"{List}/new", List, "username", "called so already", ("username", "root"), ("name", ""), ("email", ""), ("password", ""));
        await browser.Refused($"{List}/new", List, "password", "is too short", ("username", name), ("name", ""), ("email", ""), ("password", "short"));
        await browser.Refused($"{List}/new", List, "name", "control characters", ("username", name), ("name", "a\u0001b"), ("email", ""), ("password", ""));
        using var made = await browser.Fill($"{List}/new", List, ("username", name), ("name", "<b>Ada</b>"), ("email", $"{name}@example.com"), ("password", "first password"));
        var page = made.Headers.Location!.OriginalString;
        var id = long.Parse(page.Split('/')[^1], null);
        Assert.Equal("user.create", (await AdminApi.Events(server, "User", id))[0]);
        var found = await browser.Page($"{List}?search={name}@EXAMPLE");
        Assert.Contains($"href=\"{page}\"", found, StringComparison.Ordinal);
        Assert.Contains("<bdi>&lt;b&gt;Ada&lt;/b&gt;</bdi>", found, StringComparison.Ordinal);
        Assert.DoesNotContain($"href=\"{page}\"", await browser.Page($"{List}?search={name}&filter=admins"), StringComparison.Ordinal);

        using (var saved = await browser.Fill(page, page, ("username", name), ("name", "Ada"), ("email", ""), ("admin", "yes")))
            Assert.Equal(page, saved.Headers.Location!.OriginalString);
        var user = await AdminApi.User(server, id);
        Assert.Equal(("Ada", "", true), (user.GetProperty("name").GetString(), user.GetProperty("email").GetString() ?? "", user.GetProperty("is_admin").GetBoolean()));
        Assert.Equal("user.admin", (await AdminApi.Events(server, "User", id))[0]);
        Assert.Contains($"href=\"{page}\"", await browser.Page($"{List}?search={name}&filter=admins"), StringComparison.Ordinal);
        await browser.Refused(page, page, "username", "can contain only", ("username", "a b"), ("name", "Ada"), ("email", ""));

        using var theirs = new Browser(server);
        using (var first = await theirs.SignIn(name, "first password"))
            Assert.Equal(HttpStatusCode.SeeOther, first.StatusCode);
        await browser.Refused(page, $"{page}/password", "password", "is too short", ("password", "short"));
        using (var reset = await browser.Fill(page, $"{page}/password", ("password", "second password")))
            Assert.Equal(page, reset.Headers.Location!.OriginalString);
        using (var ended = await theirs.Get("/"))
            Assert.Equal(HttpStatusCode.Redirect, ended.StatusCode);
        using (var second = await theirs.SignIn(name, "second password"))
            Assert.Equal(HttpStatusCode.SeeOther, second.StatusCode);
        Assert.Contains("user.password_change", await AdminApi.Events(server, "User", id));
    }

    [Fact]
    public async Task A_user_is_blocked_unblocked_and_deleted_by_name_unless_they_own_something()
    {
        var user = await server.NewUser();
        var (group, _) = await Api.NewGroup(server, user);
        using var browser = await Browser.SignedIn(server, AdminApi.Root);
        var page = $"{List}/{user.Id}";
        using (var blocked = await browser.Press(page, $"{page}/block"))
            Assert.Equal(page, blocked.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Send(HttpMethod.Get, "/api/v4/user", token: user.Token)).StatusCode);
        Assert.Contains($"href=\"{page}\"", await browser.Page($"{List}?search={user.Name}&filter=blocked"), StringComparison.Ordinal);
        using (var unblocked = await browser.Press(page, $"{page}/unblock"))
            Assert.Equal(page, unblocked.Headers.Location!.OriginalString);
        await browser.Refused(page, $"{page}/delete", "confirm", "Type ", ("confirm", "other"));
        using (var owns = await browser.Fill(page, $"{page}/delete", ("confirm", user.Name)))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, owns.StatusCode);
            Assert.Contains("is the only Owner of the group", await owns.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        await Api.Delete(server, $"/groups/{group}", user.Token, HttpStatusCode.Accepted);
        using (var deleted = await browser.Fill(page, $"{page}/delete", ("confirm", user.Name)))
            Assert.Equal(List, deleted.Headers.Location!.OriginalString);
        await browser.Page(page, HttpStatusCode.NotFound);
        Assert.Equal(["user.delete", "user.unblock", "user.block"], (await AdminApi.Events(server, "User", user.Id)).Take(3));
    }

    [Fact]
    public async Task Nobody_blocks_deletes_or_disempowers_themselves()
    {
        using var browser = await Browser.SignedIn(server, AdminApi.Root);
        var page = $"{List}/1";
        Assert.DoesNotContain($"{page}/block", await browser.Page(page), StringComparison.Ordinal);
        foreach (var (action, fields) in new (string, (string, string)[])[] { ("/block", []), ("/delete", [("confirm", "root")]), ("", [("username", "root"), ("name", "Root"), ("email", "")]) })
        {
            using var reply = await browser.Fill(page, page + action, fields);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.StatusCode);
            Assert.Matches("You cannot (block yourself|delete yourself|take your own)", await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }
}
