using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Berth.Server.Access.Audit;
using Berth.Server.Database;
using Berth.Tests.Harness;
using Berth.Tests.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Berth.Tests.Access;

/// <summary>The record of who changed what: what is in it, who reads it, what never is in it.</summary>
public sealed class AuditTests(TestServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_user_and_their_token_are_recorded_with_who_made_them_and_from_where()
    {
        var user = await server.NewUser("read_registry");
        var events = await List($"/api/v4/audit_events?entity_type=User&entity_id={user.Id}");
        Assert.Equal(["token.create", "user.create"], events.Select(Name));
        var details = events[0].GetProperty("details");
        Assert.Equal(("root", "127.0.0.1", user.Name), (Text(details, "author_name"), Text(details, "ip_address"), Text(details, "entity_path")));
        Assert.StartsWith("pat:", Text(details, "author_credential"));
        Assert.Equal(("personal_access_token", "test"), (Text(details, "target_type"), Text(details, "target_details")));
        Assert.Equal(user.TokenId, details.GetProperty("target_id").GetInt64());
        Assert.Equal(["read_registry"], details.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
        Assert.Equal("User", Text(events[0], "entity_type"));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", Text(events[0], "created_at"));
    }

    [Fact]
    public async Task The_life_of_a_projects_credentials_is_told_to_its_maintainers_by_project()
    {
        var user = await server.NewUser();
        var project = await NewProject(user, "app");
        var path = $"/api/v4/projects/{project}";
        var deploy = await Json(await server.Send(HttpMethod.Post, path + "/deploy_tokens", JsonContent.Create(new { name = "d", scopes = new[] { "read_registry" } }), token: user.Token), HttpStatusCode.Created);
        using var gone = await server.Send(HttpMethod.Delete, $"{path}/deploy_tokens/{deploy.GetProperty("id").GetInt64()}", token: user.Token);
        using var made = await server.Send(HttpMethod.Post, path + "/variables", JsonContent.Create(new { key = "PASSWORD", value = "value that nobody may read" }), token: user.Token);
        using var changed = await server.Send(HttpMethod.Put, path + "/variables/PASSWORD", JsonContent.Create(new { value = "another secret value" }), token: user.Token);
        using var removed = await server.Send(HttpMethod.Delete, path + "/variables/PASSWORD", token: user.Token);
        using var opened = await server.Send(HttpMethod.Put, path, JsonContent.Create(new { visibility = "public", container_registry_access_level = "private" }), token: user.Token);
        Assert.All([gone, made, changed, removed, opened], reply => Assert.True(reply.IsSuccessStatusCode));
        var events = await List(path + "/audit_events", user.Token);
        Assert.Equal(["project.registry_access", "project.visibility", "variable.delete", "variable.change", "variable.create", "token.revoke", "token.create", "project.create"], events.Select(Name));
        Assert.Equal(("private", "public"), (Text(events[1].GetProperty("details"), "from"), Text(events[1].GetProperty("details"), "to")));
        Assert.All(events, one => Assert.Equal(user.Id, one.GetProperty("author_id").GetInt64()));
        using var one = await server.Send(HttpMethod.Get, $"{path}/audit_events/{events[0].GetProperty("id").GetInt64()}", token: user.Token);
        Assert.Equal("project.registry_access", Name(await Json(one, HttpStatusCode.OK)));
    }

    [Fact]
    public async Task A_change_that_changed_nothing_is_not_recorded()
    {
        var user = await server.NewUser();
        var project = await NewProject(user, "same");
        using var same = await server.Send(HttpMethod.Put, $"/api/v4/projects/{project}", JsonContent.Create(new { visibility = "private" }), token: user.Token);
        Assert.Equal(HttpStatusCode.OK, same.StatusCode);
        Assert.Equal(["project.create"], (await List($"/api/v4/projects/{project}/audit_events", user.Token)).Select(Name));
    }

    [Fact]
    public async Task A_project_that_a_push_made_is_recorded_with_the_pushers_address_and_credential()
    {
        var user = await server.NewUser();
        var client = await RegistryClient.For(server, user, $"{user.Name}/pushed");
        await client.StartUpload();
        var made = Assert.Single(await List($"/api/v4/projects/{user.Name}%2Fpushed/audit_events", user.Token));
        Assert.Equal(("project.create", $"pat:{user.TokenId}", "127.0.0.1"), (Name(made), Text(made.GetProperty("details"), "author_credential"), Text(made.GetProperty("details"), "ip_address")));
    }

    [Fact]
    public async Task Runners_are_recorded_by_whoever_made_and_removed_them()
    {
        var user = await server.NewUser("api", "create_runner");
        var project = await NewProject(user, "ci");
        using var made = await server.Send(HttpMethod.Post, "/api/v4/user/runners", JsonContent.Create(new { runner_type = "project_type", project_id = project, description = "builder" }), token: user.Token);
        var runner = await Json(made, HttpStatusCode.Created);
        using var gone = await server.Send(HttpMethod.Delete, $"/api/v4/runners?token={runner.GetProperty("token").GetString()}", JsonContent.Create(new { token = runner.GetProperty("token").GetString() }));
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        var events = await List($"/api/v4/projects/{project}/audit_events", user.Token);
        Assert.Equal(["runner.delete", "runner.create", "project.create"], events.Select(Name));
        Assert.Equal($"runner:{runner.GetProperty("id").GetInt64()}", Text(events[0].GetProperty("details"), "author_credential"));
        Assert.Equal("builder", Text(events[1].GetProperty("details"), "target_details"));
    }

    [Fact]
    public async Task Signing_in_is_recorded_and_failing_to_is_not_so_that_strangers_cannot_fill_the_disk()
    {
        var user = await server.NewUser();
        using var browser = new Browser(server);
        using var wrong = await browser.SignIn(user.Name, "wrong");
        using var right = await browser.SignIn(user.Name, user.Password);
        Assert.Equal(HttpStatusCode.SeeOther, right.StatusCode);
        Assert.Equal(["user.sign_in"], (await List($"/api/v4/audit_events?author_id={user.Id}")).Select(Name));
    }

    [Fact]
    public async Task Events_are_for_administrators_and_those_of_a_project_for_its_maintainers()
    {
        var (owner, other) = (await server.NewUser(), await server.NewUser());
        var project = await NewProject(owner, "mine");
        using var all = await server.Send(HttpMethod.Get, "/api/v4/audit_events", token: owner.Token);
        Assert.Equal(HttpStatusCode.Forbidden, all.StatusCode);
        using var hidden = await server.Send(HttpMethod.Get, $"/api/v4/projects/{project}/audit_events", token: other.Token);
        using var missing = await server.Send(HttpMethod.Get, "/api/v4/projects/99999999/audit_events", token: other.Token);
        Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        Assert.Equal(await missing.Content.ReadAsStringAsync(Cancel), await hidden.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task CVE_2022_31667_an_event_of_another_project_is_not_found_by_its_number()
    {
        var (one, two) = (await server.NewUser(), await server.NewUser());
        var (mine, theirs) = (await NewProject(one, "a"), await NewProject(two, "b"));
        var id = Assert.Single(await List($"/api/v4/projects/{theirs}/audit_events", two.Token)).GetProperty("id").GetInt64();
        using var reply = await server.Send(HttpMethod.Get, $"/api/v4/projects/{mine}/audit_events/{id}", token: one.Token);
        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
    }

    [Fact]
    public async Task Pages_and_cursors_lead_through_all_events_once()
    {
        var user = await server.NewUser();
        for (var i = 0; i < 5; i++)
            await server.NewToken(user.Id, "api");
        var all = (await List($"/api/v4/audit_events?entity_type=User&entity_id={user.Id}&per_page=100")).Select(Id).ToList();
        Assert.Equal(7, all.Count);
        Assert.Equal(all.OrderDescending(), all);
        foreach (var way in new[] { "", "&pagination=keyset" })
        {
            var seen = new List<long>();
            for (var next = $"/api/v4/audit_events?entity_type=User&entity_id={user.Id}&per_page=3{way}"; next is not null;)
            {
                using var reply = await server.Send(HttpMethod.Get, next, token: TestServer.RootToken);
                seen.AddRange((await Json(reply, HttpStatusCode.OK)).EnumerateArray().Select(Id));
                Assert.Equal("3", reply.Headers.GetValues("X-Per-Page").Single());
                next = reply.Headers.TryGetValues("Link", out var links) ? links.Single()[1..links.Single().IndexOf('>', StringComparison.Ordinal)] : null;
            }
            Assert.Equal(all, seen);
        }
    }

    [Fact]
    public async Task Times_types_and_authors_narrow_the_list()
    {
        await using var own = await TestServer.StartOwn();
        var before = await own.NewUser();
        own.Clock.Advance(TimeSpan.FromDays(10));
        var middle = Uri.EscapeDataString(own.Clock.GetUtcNow().ToString("O"));
        own.Clock.Advance(TimeSpan.FromDays(10));
        var after = await own.NewUser();
        async Task<string?[]> Paths(string query) => [.. (await List(own, "/api/v4/audit_events?" + query, TestServer.RootToken)).Where(one => Name(one) == "user.create").Select(one => Text(one.GetProperty("details"), "entity_path"))];
        Assert.Equal([after.Name], await Paths("created_after=" + middle));
        Assert.Equal([before.Name], await Paths("created_before=" + middle));
        Assert.Equal([after.Name, before.Name], await Paths("entity_type=User"));
        Assert.Empty(await Paths("entity_type=Project"));
        Assert.Empty(await Paths($"author_id={after.Id}"));
        Assert.Equal([after.Name, before.Name], await Paths("author_id=1"));
    }

    [Theory]
    [InlineData("entity_type=Wombat")]
    [InlineData("entity_id=1")]
    [InlineData("entity_type=User&entity_id=x")]
    [InlineData("created_after=yesterday")]
    [InlineData("created_before=1960-01-01")]
    [InlineData("author_id='+or+1=1")]
    [InlineData("cursor=-1")]
    public async Task CVE_2024_22261_a_filter_that_is_none_is_refused(string query)
    {
        using var reply = await server.Send(HttpMethod.Get, "/api/v4/audit_events?" + query, token: TestServer.RootToken);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
    }

    [Fact]
    public async Task Names_make_up_no_lines_where_events_are_printed()
    {
        await server.Database.Write(transaction => AuditEvents.Record(transaction, new(1, AuditActor.System, "test.lines", AuditEntity.Project(77_777_777, "a\r\n2026 root signed in"))
        {
            Target = new("token", 1, "x\u2028y\u001b[2Jz\u202e\0"),
            Details = new { note = "one\ntwo" },
        }));
        var row = Assert.Single(await server.Query<string>("select entity_path || '|' || target_name || '|' || details from audit_events where entity_id = 77777777"));
        Assert.Equal("""a??2026 root signed in|x?y?[2Jz??|{"note":"one\ntwo"}""", row);
    }

    [Fact]
    public async Task CVE_2025_48374_no_secret_of_a_credential_is_in_any_event()
    {
        var user = await server.NewUser();
        var project = await NewProject(user, "secrets");
        var deploy = await Json(await server.Send(HttpMethod.Post, $"/api/v4/projects/{project}/deploy_tokens", JsonContent.Create(new { name = "gitlab-deploy-token", scopes = new[] { "read_registry" } }), token: user.Token), HttpStatusCode.Created);
        using var made = await server.Send(HttpMethod.Post, $"/api/v4/projects/{project}/variables", JsonContent.Create(new { key = "KEY", value = "the value of a variable" }), token: user.Token);
        using var browser = await Browser.SignedIn(server, user);
        var rows = await server.Query<string>("select actor_name || credential || action || entity_path || target_name || details || coalesce(address, '') from audit_events");
        foreach (var secret in new[] { user.Token, user.Password, deploy.GetProperty("token").GetString()!, "the value of a variable", TestServer.RootToken, TestServer.RootPassword, browser.Cookie("berth_session")! })
            Assert.DoesNotContain(rows, row => row.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Events_are_forgotten_after_the_time_that_the_setting_says_and_not_before()
    {
        await using var own = await TestServer.StartOwn();
        var user = await own.NewUser();
        var retention = own.Services.GetServices<IHostedService>().OfType<AuditRetention>().Single();
        own.Clock.Advance(TimeSpan.FromDays(364));
        await retention.RemoveOld(Cancel);
        Assert.Equal(2, await Count(own));
        await own.Database.Write(transaction => AuditEvents.Record(transaction, new(own.Clock.Micros(), AuditActor.System, "test.late", AuditEntity.User(user.Id, user.Name))));
        own.Clock.Advance(TimeSpan.FromDays(2));
        await retention.RemoveOld(Cancel);
        Assert.Equal(["test.late"], await own.Query<string>("select action from audit_events"));
    }

    private static async Task<long> Count(TestServer server) => (await server.Query<long>("select count(*) from audit_events")).Single();

    private async Task<long> NewProject(TestUser user, string path)
    {
        using var made = await server.Send(HttpMethod.Post, "/api/v4/projects", JsonContent.Create(new { path }), token: user.Token);
        return (await Json(made, HttpStatusCode.Created)).GetProperty("id").GetInt64();
    }

    private Task<List<JsonElement>> List(string path, string token = TestServer.RootToken) => List(server, path, token);

    private static async Task<List<JsonElement>> List(TestServer server, string path, string token)
    {
        using var reply = await server.Send(HttpMethod.Get, path, token: token);
        return [.. (await Json(reply, HttpStatusCode.OK)).EnumerateArray()];
    }

    private static async Task<JsonElement> Json(HttpResponseMessage reply, HttpStatusCode status)
    {
        Assert.Equal(status, reply.StatusCode);
        return await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    private static string Name(JsonElement one) => Text(one, "event_name")!;

    private static long Id(JsonElement one) => one.GetProperty("id").GetInt64();

    private static string? Text(JsonElement one, string name) => one.GetProperty(name).GetString();
}
