using System.Net;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Web.Places;

/// <summary>The forms that make projects and groups.</summary>
public sealed class NewPlacePageTests(TestServer server)
{
    private const string Project = "/-/projects/new";
    private const string Group = "/groups/new";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Someone_makes_a_group_a_subgroup_and_a_project_in_it_and_is_told_so()
    {
        var user = await server.NewUser();
        using var browser = await Browser.SignedIn(server, user);
        var path = $"g{user.Name}";
        using (var made = await Send(browser, Group, ("parent", ""), ("path", path), ("name", "A <b> name"), ("visibility", "internal")))
            Assert.Equal($"/{path}", made.Headers.Location!.OriginalString);
        var html = await browser.Page($"/{path}");
        Assert.Contains("The group is made", html, StringComparison.Ordinal);
        Assert.Contains("<bdi>A &lt;b&gt; name</bdi>", html, StringComparison.Ordinal);
        using (var made = await Send(browser, $"{Group}?parent={path}", ("parent", path), ("path", "sub"), ("visibility", "private")))
            Assert.Equal($"/{path}/sub", made.Headers.Location!.OriginalString);
        Assert.Contains($"<option value=\"{path}/sub\" selected", await browser.Page($"{Project}?namespace={path}%2Fsub"), StringComparison.Ordinal);
        using (var made = await Send(browser, Project, ("namespace", $"{path}/sub"), ("path", "app"), ("description", "What\nit is"), ("visibility", "private")))
            Assert.Equal($"/{path}/sub/app", made.Headers.Location!.OriginalString);
        Assert.Contains("The project is made", await browser.Page($"/{path}/sub/app"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_refused_stands_beside_its_field_and_what_was_filled_in_is_kept()
    {
        var user = await server.NewUser();
        using var browser = await Browser.SignedIn(server, user);
        await Refused(Project, "field-path-error", "It can contain only", ("namespace", user.Name), ("path", "no spaces"), ("visibility", "private"));
        await Refused(Project, "field-path-error", "It is a reserved name", ("namespace", user.Name), ("path", "app.git"), ("visibility", "private"));
        await Refused(Project, "field-description-error", "It is too long", ("namespace", user.Name), ("path", "app"), ("description", new string('x', 2001)), ("visibility", "private"));
        await Refused(Group, "field-path-error", "It has already been taken", ("parent", ""), ("path", user.Name), ("visibility", "private"));
        using (await Send(browser, Project, ("namespace", user.Name), ("path", "taken"), ("visibility", "private")))
            await Refused(Project, "field-path-error", "It has already been taken", ("namespace", user.Name), ("path", "taken"), ("visibility", "private"));
        var html = await Refused(Group, "field-path-error", "It can contain only", ("parent", ""), ("path", "a//b"), ("name", "\"kept\""), ("visibility", "public"));
        Assert.Contains("value=\"&quot;kept&quot;\"", html, StringComparison.Ordinal);
        Assert.Matches("value=\"public\" checked", html);

        async Task<string> Refused(string page, string field, string words, params (string, string)[] fields)
        {
            using var reply = await Send(browser, page, fields);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.StatusCode);
            var answer = await reply.Content.ReadAsStringAsync(Cancel);
            Assert.Matches($"<p class=\"error\" id=\"{field}\">{words}", answer);
            return answer;
        }
    }

    [Fact]
    public async Task Nobody_makes_something_where_they_may_not_and_a_hidden_group_is_as_none()
    {
        var owner = await server.NewUser();
        var (_, hidden) = await Api.NewGroup(server, owner);
        var user = await server.NewUser();
        using var browser = await Browser.SignedIn(server, user);
        foreach (var (page, field) in new[] { (Project, "namespace"), (Group, "parent") })
        {
            using var theirs = await Send(browser, page, (field, hidden), ("path", "app"), ("visibility", "private"));
            using var missing = await Send(browser, page, (field, "no-such-group"), ("path", "app"), ("visibility", "private"));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, theirs.StatusCode);
            Assert.Equal(await missing.Content.ReadAsStringAsync(Cancel), await theirs.Content.ReadAsStringAsync(Cancel));
        }
        using var other = await Send(browser, Project, ("namespace", owner.Name), ("path", "app"), ("visibility", "private"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Empty(await server.Query<string>("select path from routes where path_lower in (@a, @b)", new { a = $"{hidden}/app", b = $"{owner.Name}/app" }));
    }

    [Fact]
    public async Task A_form_without_its_token_makes_nothing()
    {
        var user = await server.NewUser();
        using var browser = await Browser.SignedIn(server, user);
        using var project = await browser.Post(Project, [("namespace", user.Name), ("path", "forged"), ("visibility", "private")]);
        using var group = await browser.Post(Group, [("parent", ""), ("path", $"forged-{user.Name}"), ("visibility", "private")]);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (project.StatusCode, group.StatusCode));
        await browser.Page($"/{user.Name}/forged", HttpStatusCode.NotFound);
    }

    private static async Task<HttpResponseMessage> Send(Browser browser, string page, params (string, string)[] fields) =>
        await browser.Post(page.Split('?')[0], [.. Browser.Hidden(await browser.Page(page)), .. fields]);
}
