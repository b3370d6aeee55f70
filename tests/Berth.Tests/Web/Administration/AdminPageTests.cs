using System.Net;
using System.Text.RegularExpressions;
using Berth.Tests.Ci;
using Berth.Tests.Groups;
using Berth.Tests.Harness;
using Berth.Tests.Images;

namespace Berth.Tests.Web.Administration;

/// <summary>The pages that only administrators see.</summary>
public sealed partial class AdminPageTests(TestServer server)
{
    private static readonly string[] Pages =
        ["/admin", "/admin/users", "/admin/users/new", "/admin/users/1", "/admin/groups", "/admin/projects", "/admin/runners", "/admin/background_jobs", "/admin/audit_logs", "/admin/application_settings"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task For_everyone_else_there_are_no_such_pages_and_forms()
    {
        using var browser = await Browser.SignedIn(server, await server.NewUser());
        using var root = await Browser.SignedIn(server, AdminApi.Root);
        using var nobody = new Browser(server);
        var home = await browser.Page("/");
        Assert.DoesNotContain("href=\"/admin\"", home, StringComparison.Ordinal);
        Assert.Contains("href=\"/admin\"", await root.Page("/"), StringComparison.Ordinal);
        foreach (var page in Pages)
        {
            await browser.Page(page, HttpStatusCode.NotFound);
            await root.Page(page);
            using var away = await nobody.Get(page);
            Assert.StartsWith("/users/sign_in", away.Headers.Location!.OriginalString, StringComparison.Ordinal);
        }
        foreach (var action in new[] { "/admin/users", "/admin/users/1", "/admin/users/1/block", "/admin/users/1/password", "/admin/users/1/delete", "/admin/runners", "/admin/runners/registration_token", "/admin/runners/1/delete" })
        {
            using var refused = await browser.Post(action, [.. Browser.Hidden(home), ("username", "forged")]);
            Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
            using var forged = await root.Post(action, [("username", "forged")]);
            Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        }
    }

    [Fact]
    public async Task Storage_shows_the_disk_and_the_largest_projects()
    {
        var project = await ImageApi.NewProject(server);
        await (await project.Image("web")).PushImage("v1");
        await server.Database.Write(transaction => transaction.Execute("update projects set image_size = image_size + @more where id = @Id", new { project.Id, more = 1L << 50 }));
        using var browser = await Browser.SignedIn(server, AdminApi.Root);
        var html = await browser.Page("/admin");
        Assert.Contains("Free on the disk", html, StringComparison.Ordinal);
        Assert.Contains($"<a href=\"/{project.Path}/-/usage_quotas\"><bdi>{project.Path}</bdi></a>", html, StringComparison.Ordinal);
        // Blobs are counted at the start, in the background.
        await Eventually.True(async () => Counted().IsMatch(await browser.Page("/admin")));
    }

    [Fact]
    public async Task Groups_and_projects_are_listed_whoever_is_in_them_and_filtered()
    {
        var owner = await server.NewUser();
        var (group, path) = await Api.NewGroup(server, owner);
        await Api.NewProject(server, owner, group, "app" + path);
        using var browser = await Browser.SignedIn(server, AdminApi.Root);
        Assert.Contains($"href=\"/{path}/app{path}\"", await browser.Page($"/admin/projects?name=app{path}"), StringComparison.Ordinal);
        Assert.Contains($"href=\"/{path}\"", await browser.Page($"/admin/groups?name={path}"), StringComparison.Ordinal);
        Assert.Contains("Nothing is called so", await browser.Page("/admin/projects?name=<none>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runners_of_the_instance_are_made_and_all_are_paused_and_deleted()
    {
        using var project = await CiProject.Fresh(server);
        using var browser = await Browser.SignedIn(server, AdminApi.Root);
        const string Page = "/admin/runners";
        await browser.Refused(Page, Page, "tags", "needs tags", ("description", "d"), ("tags", ""));
        using var made = await browser.Fill(Page, Page, ("description", "of <all>"), ("tags", "only-" + project.Id), ("flags", "protected"));
        var html = await made.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("gitlab-runner register --non-interactive", html, StringComparison.Ordinal);
        Assert.Contains("of &lt;all&gt;", html, StringComparison.Ordinal);
        for (var number = 2; !html.Contains($"href=\"/{project.Path.ToLowerInvariant()}\"", StringComparison.Ordinal); number++)
        {
            Assert.Contains($"href=\"{Page}?page={number}\" rel=\"next\"", html, StringComparison.Ordinal);
            html = await browser.Page($"{Page}?page={number}");
        }
        var runner = (await Api.Get(server, "/runners/all", TestServer.RootToken)).EnumerateArray().First(one => one.GetProperty("description").GetString() == "of <all>").GetProperty("id").GetInt64();
        using (var paused = await browser.Press(Page, $"{Page}/{runner}/pause"))
            Assert.Equal(Page, paused.Headers.Location!.OriginalString);
        Assert.True((await Api.Get(server, $"/runners/{runner}", TestServer.RootToken)).GetProperty("paused").GetBoolean());
        using (var deleted = await browser.Press(Page, $"{Page}/{runner}/delete"))
            Assert.Equal(Page, deleted.Headers.Location!.OriginalString);
        Assert.Equal(["runner.delete", "runner.change", "runner.create"],
            (await Api.Get(server, "/audit_events", TestServer.RootToken)).EnumerateArray().Where(one => one.GetProperty("details").GetProperty("target_id").ToString() == $"{runner}" && one.GetProperty("event_name").GetString()!.StartsWith("runner.", StringComparison.Ordinal)).Select(one => one.GetProperty("event_name").GetString()!));
        using var shown = await browser.Press(Page, $"{Page}/registration_token");
        Assert.Contains("--registration-token GR1348941", WebUtility.HtmlDecode(await shown.Content.ReadAsStringAsync(Cancel)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Work_in_the_background_is_listed_with_its_state_and_last_error()
    {
        var kind = $"test_{Guid.NewGuid():N}";
        await server.Database.Write(transaction =>
        {
            foreach (var (attempts, lease, error) in new (long, long?, string?)[] { (0, null, null), (2, null, "<b>no room</b>"), (0, long.MaxValue, null) })
                transaction.Execute("insert into tasks (kind, payload, run_at, owner, lease_until, attempts, last_error, created_at) values (@kind, '', 1, @owner, @lease, @attempts, @error, 1)", new { kind, owner = lease is null ? null : "me", lease, attempts, error });
        });
        try
        {
            using var browser = await Browser.SignedIn(server, AdminApi.Root);
            var html = await browser.Page("/admin/background_jobs");
            Assert.Equal(["waiting", "failed", "running"], States().Matches(html).Select(match => match.Groups[1].Value).Take(3));
            Assert.Contains("<bdi>&lt;b&gt;no room&lt;/b&gt;</bdi>", html, StringComparison.Ordinal);
            Assert.Contains("Add up what images hold", html, StringComparison.Ordinal);
        }
        finally
        {
            await server.Database.Write(transaction => transaction.Execute("delete from tasks where kind = @kind", new { kind }));
        }
    }

    [Fact]
    public async Task Audit_events_are_found_by_actor_by_what_they_belong_to_and_by_day()
    {
        var owner = await server.NewUser();
        var (group, path) = await Api.NewGroup(server, owner);
        await Api.NewProject(server, owner, group, "app");
        using var browser = await Browser.SignedIn(server, AdminApi.Root);
        const string Page = "/admin/audit_logs";
        Assert.Matches($"project create[^Z]*{path}/app", await browser.Page($"{Page}?author={owner.Name}"));
        Assert.Contains("project create", await browser.Page($"{Page}?kind=project&entity={path}%2Fapp"), StringComparison.Ordinal);
        Assert.Contains("group create", await browser.Page($"{Page}?entity={path}"), StringComparison.Ordinal);
        Assert.Contains("No event fits", await browser.Page($"{Page}?author={owner.Name}&from=2999-01-01"), StringComparison.Ordinal);
        Assert.Contains("No event fits", await browser.Page($"{Page}?author={owner.Name}&to=2001-01-01"), StringComparison.Ordinal);
        foreach (var (query, field) in new[] { ("author=nobody-is", "author"), ("kind=x", "kind"), ("entity=no/such", "entity"), ("kind=group&entity=root", "entity"), ("from=x", "from") })
            Assert.Contains($"id=\"field-{field}-error\"", await browser.Page($"{Page}?{query}", HttpStatusCode.UnprocessableEntity), StringComparison.Ordinal);
        // More than one page.
        for (var i = 0; i < 51; i++)
            await Api.Put(server, $"/groups/{group}", owner.Token, new { visibility = i % 2 == 0 ? "internal" : "private" });
        var first = await browser.Page($"{Page}?author={owner.Name}");
        var next = WebUtility.HtmlDecode(Next().Match(first).Groups[1].Value);
        Assert.Contains($"author={owner.Name}&before=", next, StringComparison.Ordinal);
        Assert.Contains("project create", await browser.Page(next), StringComparison.Ordinal);
    }

    [GeneratedRegex("of them, counted")]
    private static partial Regex Counted();

    [GeneratedRegex("<span class=\"status [a-z]+\">([a-z]+)</span>")]
    private static partial Regex States();

    [GeneratedRegex("<a href=\"([^\"]*)\" rel=\"next\"")]
    private static partial Regex Next();
}
