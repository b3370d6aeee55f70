using System.Net;
using System.Text.RegularExpressions;
using Berth.Tests.Ci;
using Berth.Tests.Groups;
using Berth.Tests.Harness;
using Berth.Tests.Web.Administration;

namespace Berth.Tests.Web.Ci;

/// <summary>A project's runners and variables on its page of CI/CD settings.</summary>
public sealed partial class CiSettingsPageTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_runner_s_command_is_shown_once_and_its_token_takes_jobs()
    {
        using var project = await CiProject.Fresh(server);
        using var browser = await Browser.SignedIn(server, project.Owner);
        var page = $"/{project.Path}/-/settings/ci_cd";
        await browser.Refused(page, $"{page}/runners", "tags", "A runner that takes no jobs without tags needs tags", ("description", "d"), ("tags", " , "));
        await browser.Refused(page, $"{page}/runners", "description", "is too long", ("description", new string('d', 256)), ("tags", ""), ("flags", "untagged"));
        await browser.Refused(page, $"{page}/runners", "description", "control characters", ("description", "a\u0001b"), ("tags", ""), ("flags", "untagged"));
        using var made = await browser.Fill(page, $"{page}/runners", ("description", "<b>mine</b>"), ("tags", "fast, <i>"), ("flags", "untagged"), ("flags", "protected"));
        Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        var html = WebUtility.HtmlDecode(await made.Content.ReadAsStringAsync(Cancel));
        var token = RunnerToken().Match(html).Value;
        Assert.Contains($"gitlab-runner register --non-interactive \\\n  --url {server.Url}/ \\\n  --token {token} \\\n  --executor docker \\\n  --docker-image docker:20.10.16 \\\n  --docker-privileged \\\n  --docker-volumes /certs/client \\\n  --docker-volumes /cache", html, StringComparison.Ordinal);
        Assert.Contains($"berth-runner register --non-interactive", html, StringComparison.Ordinal);
        Assert.Contains($"token = \"{token}\"", html, StringComparison.Ordinal);
        await project.Push("build:\n  script: [make]\n");
        Assert.NotEqual(0, (await new TestRunner(server, token).Take()).Id);
        var list = await browser.Page(page);
        Assert.DoesNotContain(token, list, StringComparison.Ordinal);
        Assert.Contains("<bdi>&lt;b&gt;mine&lt;/b&gt;</bdi>", list, StringComparison.Ordinal);
        Assert.Contains("<span class=\"tag\"><bdi>&lt;i&gt;</bdi></span>", list, StringComparison.Ordinal);
        Assert.Matches("status success\">online", list);
        Assert.Contains("14.7.1, linux", list, StringComparison.Ordinal);
        Assert.Equal("runner.create", (await AdminApi.Events(server, "Project", project.Id))[0]);
    }

    [Fact]
    public async Task A_project_s_runner_is_paused_resumed_and_deleted_and_no_other_is()
    {
        using var project = await CiProject.Fresh(server);
        using var other = await CiProject.Fresh(server);
        using var browser = await Browser.SignedIn(server, project.Owner);
        var page = $"/{project.Path}/-/settings/ci_cd";
        var runner = Assert.Single((await project.Get("runners")).EnumerateArray(), one => !one.GetProperty("is_shared").GetBoolean()).GetProperty("id").GetInt64();
        var foreign = Assert.Single((await other.Get("runners")).EnumerateArray(), one => !one.GetProperty("is_shared").GetBoolean()).GetProperty("id").GetInt64();
        using (var paused = await browser.Press(page, $"{page}/runners/{runner}/pause"))
            Assert.Equal(page, paused.Headers.Location!.OriginalString);
        Assert.Contains("status manual\">paused", await browser.Page(page), StringComparison.Ordinal);
        using (var resumed = await browser.Press(page, $"{page}/runners/{runner}/resume"))
            Assert.Equal(HttpStatusCode.SeeOther, resumed.StatusCode);
        Assert.Contains("never contacted", await browser.Page(page), StringComparison.Ordinal);
        foreach (var action in new[] { "pause", "delete" })
        {
            using var reply = await browser.Fill(page, $"{page}/runners/{foreign}/{action}");
            Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        }
        using (var deleted = await browser.Press(page, $"{page}/runners/{runner}/delete"))
            Assert.Equal(HttpStatusCode.SeeOther, deleted.StatusCode);
        Assert.DoesNotContain($"#{runner} ", await browser.Page(page), StringComparison.Ordinal);
        Assert.Equal(["runner.delete", "runner.change", "runner.change", "runner.create"], (await AdminApi.Events(server, "Project", project.Id)).Take(4));
        Assert.Single((await other.Get("runners")).EnumerateArray(), one => one.GetProperty("id").GetInt64() == foreign && !one.GetProperty("paused").GetBoolean());
    }

    [Fact]
    public async Task The_registration_token_is_shown_when_it_is_asked_for()
    {
        using var project = await CiProject.Fresh(server);
        using var browser = await Browser.SignedIn(server, project.Owner);
        var page = $"/{project.Path}/-/settings/ci_cd";
        Assert.DoesNotContain("GR1348941", await browser.Page(page), StringComparison.Ordinal);
        using var shown = await browser.Press(page, $"{page}/registration_token");
        var token = (await project.Get("runners/registration_token")).GetProperty("token").GetString();
        Assert.Contains($"--registration-token {token}", WebUtility.HtmlDecode(await shown.Content.ReadAsStringAsync(Cancel)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variables_are_made_changed_and_deleted_with_errors_beside_their_fields()
    {
        using var project = await CiProject.Fresh(server);
        using var browser = await Browser.SignedIn(server, project.Owner);
        var page = $"/{project.Path}/-/settings/ci_cd";
        await browser.Refused(page, $"{page}/variables", "key", "can contain only", ("key", "A-B"), ("value", "v"));
        await browser.Refused(page, $"{page}/variables", "value", "cannot be masked", ("key", "PASSWORD"), ("value", "short"), ("variable_flags", "masked"));
        using (var made = await browser.Fill(page, $"{page}/variables", ("key", "PASSWORD"), ("value", "first\r\n</pre><script>"), ("variable_flags", "protected"), ("variable_flags", "raw")))
            Assert.Equal(page, made.Headers.Location!.OriginalString);
        await browser.Refused(page, $"{page}/variables", "key", "has already been taken", ("key", "PASSWORD"), ("value", "v"));
        Assert.Contains("first&#xA;&lt;/pre&gt;&lt;script&gt;", await browser.Page(page), StringComparison.Ordinal);
        var edit = $"{page}/variables/PASSWORD";
        Assert.Matches("value=\"protected\" checked", await browser.Page(edit));
        await browser.Refused(edit, edit, "value", "cannot be masked", ("value", "a b"), ("variable_flags", "masked"));
        using (var changed = await browser.Fill(edit, edit, ("value", "second-value"), ("variable_flags", "masked"), ("variable_flags", "file")))
            Assert.Equal(page, changed.Headers.Location!.OriginalString);
        var variable = await project.Get("variables/PASSWORD");
        Assert.Equal(("second-value", "file", true, false, false), (variable.GetProperty("value").GetString(), variable.GetProperty("variable_type").GetString(),
            variable.GetProperty("masked").GetBoolean(), variable.GetProperty("protected").GetBoolean(), variable.GetProperty("raw").GetBoolean()));
        using (var deleted = await browser.Press(page, $"{edit}/delete"))
            Assert.Equal(page, deleted.Headers.Location!.OriginalString);
        await browser.Page(edit, HttpStatusCode.NotFound);
        Assert.Equal(["variable.delete", "variable.change", "variable.create"], (await AdminApi.Events(server, "Project", project.Id)).Take(3));
    }

    [Fact]
    public async Task Many_variables_go_on_behind_a_link()
    {
        using var project = await CiProject.Fresh(server);
        using var browser = await Browser.SignedIn(server, project.Owner);
        for (var number = 0; number <= 100; number++)
            await Api.Post(server, $"/projects/{project.Id}/variables", project.Owner.Token, new { key = $"V{number:D3}", value = "v" });
        var page = $"/{project.Path}/-/settings/ci_cd";
        var first = await browser.Page(page);
        Assert.Contains(">V099<", first, StringComparison.Ordinal);
        Assert.DoesNotContain(">V100<", first, StringComparison.Ordinal);
        Assert.Contains($"<a href=\"{page}?page=2\" rel=\"next\">More variables</a>", first, StringComparison.Ordinal);
        var second = await browser.Page(page + "?page=2");
        Assert.Contains(">V100<", second, StringComparison.Ordinal);
        Assert.DoesNotContain("This project has no", second, StringComparison.Ordinal);
        Assert.DoesNotContain("No runner serves", second, StringComparison.Ordinal);
        Assert.DoesNotContain("?page=3", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_variable_s_name_ends_where_its_last_letter_does()
    {
        using var project = await CiProject.Fresh(server);
        await Api.Post(server, $"/projects/{project.Id}/variables", project.Owner.Token, new { key = "NAME\n", value = "v" }, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_page_is_for_Maintainers_and_forged_forms_change_nothing()
    {
        var (owner, developer, stranger) = (await server.NewUser(), await server.NewUser(), await server.NewUser());
        var (group, path) = await Api.NewGroup(server, owner);
        var project = await Api.NewProject(server, owner, group, "app");
        await Api.AddMember(server, owner, $"groups/{group}", developer, 30);
        var page = $"/{path}/app/-/settings/ci_cd";
        using var none = await Browser.SignedIn(server, stranger);
        using var low = await Browser.SignedIn(server, developer);
        using var high = await Browser.SignedIn(server, owner);
        await none.Page(page, HttpStatusCode.NotFound);
        await low.Page(page, HttpStatusCode.Forbidden);
        await high.Page(page);
        foreach (var (action, fields) in new (string, (string, string)[])[] { ("runners", [("flags", "untagged")]), ("variables", [("key", "FORGED"), ("value", "v")]), ("registration_token", []) })
        {
            using var forged = await high.Post($"{page}/{action}", fields);
            Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
            using var tooLow = await low.Post($"{page}/{action}", [.. Browser.Hidden(await low.Page("/")), .. fields]);
            Assert.Equal(HttpStatusCode.Forbidden, tooLow.StatusCode);
        }
        Assert.Empty((await Api.Get(server, $"/projects/{project}/variables", owner.Token)).EnumerateArray());
        Assert.DoesNotContain(await AdminApi.Events(server, "Project", project), name => name.StartsWith("runner.", StringComparison.Ordinal));
    }

    [GeneratedRegex("glrt-[A-Za-z0-9_-]{20,}")]
    private static partial Regex RunnerToken();
}
