using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Berth.Acceptance.Harness;
using Microsoft.Playwright;

namespace Berth.Acceptance.Web;

/// <summary>The pages in Debian's Chromium: from signing in to a log that grows, as people go.</summary>
public sealed class PageTests
{
    private const string Log = "\x1b[0Ksection_start:1700000000:step_script\r\x1b[0K\x1b[36;1mExecuting the script\x1b[0;m\n\x1b[32m$ make\x1b[0m\n<b>not bold</b>\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Someone_signs_in_looks_at_a_project_and_its_images_and_watches_a_log_grow()
    {
        await using var berth = await BerthProgram.Start();
        using var workplace = await Workplace.Make(berth);
        await using var chromium = await Chromium.Start();
        var page = await chromium.NewPage(berth.Url);

        await page.GotoAsync("/root/app");
        await page.GetByLabel("User name").FillAsync("root");
        await page.GetByLabel("Password").FillAsync(BerthProgram.RootPassword);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Images", Exact = true }).ClickAsync();
        await page.GetByText("No images here").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Pipelines", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "#1", Exact = true }).ClickAsync();

        await workplace.Trace(Log);
        await page.GetByRole(AriaRole.Link, new() { Name = "build", Exact = true }).ClickAsync();
        var log = page.Locator("#log");
        await log.GetByText("$ make").WaitForAsync();
        await page.GetByText("following").WaitForAsync();
        Assert.Equal(0, await log.Locator("b").CountAsync());

        await workplace.Trace("and there is more\nsection_end:1700000061:step_script\r\x1b[0K\nJob succeeded\n");
        await log.GetByText("and there is more").WaitForAsync();
        await log.GetByText("1 min 1 s").WaitForAsync();
        await workplace.End();
        await page.Locator("#head .status.success").WaitForAsync();
        var grown = await log.InnerTextAsync();
        await page.ReloadAsync();
        Assert.Equal(grown, await log.InnerTextAsync());

        // A section folds by the keyboard alone.
        await log.Locator("summary").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await log.GetByText("and there is more").WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        Assert.Empty(chromium.Complaints);
    }

    [Fact]
    public async Task Someone_finds_a_tag_looks_into_it_and_compares_it_with_another_with_script_and_without()
    {
        await using var berth = await BerthProgram.Start();
        using (var client = new OciClient(berth.Url, "root/app"))
        {
            await client.PushImage("v1");
            await client.PushImage("v2", layerBytes: 40_000);
        }
        await using var chromium = await Chromium.Start();
        foreach (var script in (bool[])[true, false])
        {
            var page = await chromium.NewPage(berth.Url, new() { JavaScriptEnabled = script });
            await page.GotoAsync("/root/app/-/container_registry");
            await page.GetByLabel("User name").FillAsync("root");
            await page.GetByLabel("Password").FillAsync(BerthProgram.RootPassword);
            await page.Keyboard.PressAsync("Enter");
            await page.GetByRole(AriaRole.Link, new() { Name = "root/app", Exact = false }).Last.ClickAsync();
            await page.GetByLabel("Tags with").FillAsync("V2");
            await page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
            await page.GetByRole(AriaRole.Link, new() { Name = "v2", Exact = true }).ClickAsync();
            await page.Locator("svg.bar").WaitForAsync();
            await page.GetByLabel("From", new() { Exact = true }).FillAsync("v1");
            await page.GetByRole(AriaRole.Button, new() { Name = "Compare" }).ClickAsync();
            await page.GetByText("1 added (39.1 KiB), 1 removed (9.77 KiB)").WaitForAsync();
        }
        Assert.Empty(chromium.Complaints);
    }

    [Fact]
    public async Task Every_page_reads_without_script_and_fits_a_narrow_screen_in_light_and_dark()
    {
        await using var berth = await BerthProgram.Start();
        using var workplace = await Workplace.Make(berth);
        await workplace.Trace(Log);
        using (var client = new OciClient(berth.Url, "root/app"))
            await client.PushImage("v1");
        const string Image = "/root/app/-/container_registry/1";
        await using var chromium = await Chromium.Start();
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            var page = await chromium.NewPage(berth.Url, new() { JavaScriptEnabled = false, ColorScheme = scheme, ViewportSize = new() { Width = 375, Height = 700 } });
            await page.GotoAsync("/");
            await page.GetByLabel("User name").FillAsync("root");
            await page.GetByLabel("Password").FillAsync(BerthProgram.RootPassword);
            await page.Keyboard.PressAsync("Enter");
            await page.GetByRole(AriaRole.Link, new() { Name = "root/app", Exact = true }).WaitForAsync();
            foreach (var path in (string[])["/", "/?show=all", "/root", "/team", "/-/projects/new", "/groups/new", "/-/user_settings/password", "/-/user_settings/personal_access_tokens",
                "/groups/team/-/group_members", "/groups/team/-/edit", "/groups/team/-/settings/access_tokens", "/groups/team/-/settings/deploy_tokens",
                "/root/app/-/project_members", "/root/app/-/edit", "/root/app/-/settings/access_tokens", "/root/app/-/settings/deploy_tokens", "/root/app", "/root/app/-/container_registry", Image, Image + "/tags/v1", Image + "/compare?from=v1&to=v1", Image + "/delete_tags?tag=v1", Image + "/delete", Image + "/delete_by_rule", "/root/app/-/container_registry/deleted", "/-/deleted_projects", "/root/app/-/pipelines", "/root/app/-/pipelines/1", $"/root/app/-/jobs/{workplace.Job}", "/root/app/-/ci", "/root/none",
                "/root/app/-/settings/ci_cd", "/root/app/-/pipelines/new", "/root/app/-/usage_quotas", "/groups/team/-/usage_quotas",
                "/admin", "/admin/users", "/admin/users/new", "/admin/users/1", "/admin/groups", "/admin/projects", "/admin/runners", "/admin/background_jobs", "/admin/audit_logs", "/admin/application_settings"])
            {
                await page.GotoAsync(path);
                var main = await page.Locator("main").BoundingBoxAsync();
                Assert.InRange(main!.Width, 1, 375);
                Assert.NotEmpty(await page.Locator("h1").InnerTextAsync());
                // What is wider than the screen would be cut off or make all of the page scroll.
                var wide = await page.Locator("header, nav, main > *").EvaluateAllAsync<int>("all => Math.max(...all.map(one => Math.ceil(one.getBoundingClientRect().right)))");
                Assert.InRange(wide, 1, 375);
            }
        }
    }

    [Fact]
    public async Task Someone_makes_a_group_a_project_and_a_token_and_moves_about_without_loading_a_page_anew()
    {
        await using var berth = await BerthProgram.Start();
        await using var chromium = await Chromium.Start();
        var page = await chromium.NewPage(berth.Url);
        await page.GotoAsync("/");
        await page.GetByLabel("User name").FillAsync("root");
        await page.GetByLabel("Password").FillAsync(BerthProgram.RootPassword);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByText("What to do next").WaitForAsync();

        await page.EvaluateAsync("window.stays = true");
        await page.GetByRole(AriaRole.Link, new() { Name = "New group", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "New group" }).WaitForAsync();
        Assert.Equal("New group · Berth", await page.TitleAsync());
        Assert.Equal("H1", await page.EvaluateAsync<string>("document.activeElement.tagName"));
        await page.GoBackAsync();
        await page.GetByText("What to do next").WaitForAsync();
        await page.GoForwardAsync();
        await page.GetByLabel("Path").FillAsync("ships");
        Assert.True(await page.EvaluateAsync<bool>("window.stays"));

        await page.GetByRole(AriaRole.Button, new() { Name = "Make the group" }).ClickAsync();
        await page.GetByText("The group is made").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "New project", Exact = true }).ClickAsync();
        await page.GetByLabel("Name").FillAsync("ferry");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the project" }).ClickAsync();
        await page.GetByText("The project is made").WaitForAsync();
        await page.GetByText("docker push").First.WaitForAsync();

        // The menu opens, and closes, by the keyboard alone.
        var menu = page.Locator("details.menu summary");
        await menu.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Link, new() { Name = "Password", Exact = true }).WaitForAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Link, new() { Name = "Password", Exact = true }).WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Link, new() { Name = "Access tokens", Exact = true }).ClickAsync();
        await page.GetByLabel("Name").FillAsync("laptop");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the token" }).ClickAsync();
        await page.GetByText("glpat-").WaitForAsync();
        Assert.Empty(chromium.Complaints);
    }

    /// <summary>A project of root's with a pipeline whose only job a runner has.</summary>
    private sealed class Workplace : IDisposable
    {
        private readonly HttpClient _client;
        private readonly DirectoryInfo _code = Directory.CreateTempSubdirectory("berth-code-");
        private string _token = "";
        private long _sent;

        private Workplace(BerthProgram berth)
        {
            _client = new HttpClient { BaseAddress = new Uri(berth.Url) };
            _client.DefaultRequestHeaders.Add("PRIVATE-TOKEN", BerthProgram.RootToken);
        }

        public long Job { get; private set; }

        public static async Task<Workplace> Make(BerthProgram berth)
        {
            var workplace = new Workplace(berth);
            await workplace.Push(berth);
            using var group = await workplace._client.PostAsJsonAsync("/api/v4/groups", new { name = "The team", path = "team" }, Cancel);
            group.EnsureSuccessStatusCode();
            await workplace.Take();
            return workplace;
        }

        public async Task Trace(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            using var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/v4/jobs/{Job}/trace") { Content = new ByteArrayContent(bytes) };
            request.Headers.Add("JOB-TOKEN", _token);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
            request.Content.Headers.TryAddWithoutValidation("Content-Range", string.Create(CultureInfo.InvariantCulture, $"{_sent}-{_sent + bytes.Length - 1}"));
            using var reply = await _client.SendAsync(request, Cancel);
            reply.EnsureSuccessStatusCode();
            _sent += bytes.Length;
        }

        public async Task End()
        {
            using var reply = await _client.PutAsJsonAsync($"/api/v4/jobs/{Job}", new { token = _token, state = "success" }, Cancel);
            reply.EnsureSuccessStatusCode();
        }

        public void Dispose()
        {
            _client.Dispose();
            _code.Delete(recursive: true);
        }

        private async Task Push(BerthProgram berth)
        {
            await File.WriteAllTextAsync(Path.Combine(_code.FullName, ".gitlab-ci.yml"), "build:\n  script: [make]\n", Cancel);
            var remote = $"{berth.Url.Replace("://", $"://root:{BerthProgram.RootToken}@", StringComparison.Ordinal)}/root/app.git";
            foreach (var arguments in (string[][])[["init", "--quiet", "--initial-branch=main"], ["add", "--all"], ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "--message", "Build it"], ["push", "--quiet", remote, "main"]])
                (await Command.Run("git", ["-C", _code.FullName, .. arguments])).Succeeded();
        }

        private async Task Take()
        {
            using var made = await _client.PostAsJsonAsync("/api/v4/user/runners", new { runner_type = "instance_type", run_untagged = true }, Cancel);
            var runner = (await made.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("token").GetString();
            // The pipeline is made behind the push; each answer says since which state of the queue there was nothing.
            while (Job == 0)
            {
                using var reply = await _client.PostAsJsonAsync("/api/v4/jobs/request", new { token = runner, info = new { name = "gitlab-runner", version = "17.0.0", features = new { } } }, Cancel);
                reply.EnsureSuccessStatusCode();
                if (reply.StatusCode != System.Net.HttpStatusCode.Created)
                    continue;
                var job = await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
                (Job, _token) = (job.GetProperty("id").GetInt64(), job.GetProperty("token").GetString()!);
            }
        }
    }
}
