using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Berth.Acceptance.Harness;
using Microsoft.Playwright;

namespace Berth.Acceptance.Web;

/// <summary>The tests that share one server full of things to look at, and one browser.</summary>
[CollectionDefinition]
public sealed class PageSiteCollection : ICollectionFixture<PageSite>;

/// <summary>A server with a group at work and a project without anything.</summary>
public sealed class PageSite(Chromium chromium) : IAsyncLifetime
{
    private const string Pipeline = """
        stages: [build, test, deploy]
        compile: { stage: build, script: [make] }
        package: { stage: build, script: [docker build .] }
        unit: { stage: test, script: [make test] }
        browser: { stage: test, script: [make walk], allow_failure: true }
        production: { stage: deploy, script: [make deploy], when: manual }

        """;

    private const string Log = "\x1b[0KRunning with gitlab-runner 17.0.0\n\x1b[0Ksection_start:1770114000:prepare_executor\r\x1b[0K\x1b[36;1mPreparing the \"docker\" executor\x1b[0;m\nUsing Docker executor with image debian:12 ...\n"
        + "\x1b[0Ksection_end:1770114004:prepare_executor\r\x1b[0K\x1b[0Ksection_start:1770114004:step_script\r\x1b[0K\x1b[36;1mExecuting \"step_script\" stage of the job script\x1b[0;m\n\x1b[32;1m$ make\x1b[0;m\n"
        + "cc -O2 -c hull.c\ncc -O2 -c engine.c\n\x1b[33mengine.c:41: warning: unused variable 'steam'\x1b[0m\ncc -o ferry hull.o engine.o\n\x1b[32mferry: 3 decks, 412 tests passed\x1b[0m\n";

    /// <summary>Pages that are looked at at once: a processor each for the browser, and the server's share.</summary>
    private const int AtOnce = 3;

    private BerthProgram? _berth;
    private Browser? _browser;
    private string? _session;

    internal BerthProgram Berth => _berth!;

    internal Browser Browser => _browser!;

    /// <summary>At least one for each page, all of which root sees.</summary>
    internal IReadOnlyList<PageAddress> Pages { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        _berth = await BerthProgram.Start();
        _browser = await chromium.Open();
        using var api = new RestApi(_berth, "root", BerthProgram.RootToken);
        Pages = await MakeHarbour(api);
        var page = await _browser.NewPage(_berth.Url);
        await SignIn(page, "/");
        _session = await page.Context.StorageStateAsync();
        await page.Context.CloseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        if (_berth is not null)
            await _berth.DisposeAsync();
    }

    /// <summary>A page where root is signed in; whoever takes it closes its context.</summary>
    internal Task<IPage> NewPage(BrowserNewContextOptions options) => Browser.NewPage(Berth.Url, new(options) { StorageState = _session });

    /// <summary>Looks at every page, some at once.</summary>
    /// <param name="options">Of the pages, on which root is signed in.</param>
    /// <param name="prepare">What is done once with each of these before it goes to any address.</param>
    /// <param name="look">Goes to an address and looks; adds to the list what is wrong there.</param>
    internal async Task<List<string>> LookAtEach(BrowserNewContextOptions options, Func<IPage, Task> prepare, Func<IPage, PageAddress, ConcurrentQueue<string>, Task> look)
    {
        var (left, wrong) = (new ConcurrentQueue<PageAddress>(Pages), new ConcurrentQueue<string>());
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            var page = await NewPage(options);
            await prepare(page);
            while (left.TryDequeue(out var address))
                await look(page, address, wrong);
            await page.Context.CloseAsync();
        }));
        return [.. wrong];
    }

    /// <summary>Fills in the form that stands before a page.</summary>
    internal static async Task SignIn(IPage page, string path)
    {
        await page.GotoAsync(path);
        await page.GetByLabel("User name").FillAsync("root");
        await page.GetByLabel("Password").FillAsync(BerthProgram.RootPassword);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.Locator("details.menu").WaitForAsync();
    }

    private async Task<List<PageAddress>> MakeHarbour(RestApi api)
    {
        var group = (await api.Post("groups", new { name = "Harbour", path = "harbour", visibility = "public", description = "What sails, and what it sails with." })).GetProperty("id").GetInt64();
        await api.Post("groups", new { name = "Tugs", path = "tugs", parent_id = group });
        foreach (var (username, name, level) in ((string, string, int)[])[("ada", "Ada Lovelace", 40), ("grace", "Grace Hopper", 30), ("alan", "Alan Turing", 20)])
        {
            var user = (await api.Post("users", new { username, name, password = "correct horse battery" })).GetProperty("id").GetInt64();
            await api.Post($"groups/{group}/members", new { user_id = user, access_level = level });
        }
        await api.Post("projects", new { path = "ferry", namespace_id = group, visibility = "public", description = "Carries people and their bicycles over the river." });
        await api.Post("projects", new { path = "lighthouse", namespace_id = group });
        foreach (var place in (string[])["groups/harbour", "projects/harbour%2Fferry"])
        {
            await api.Post($"{place}/access_tokens", new { name = "release", scopes = new[] { "read_registry", "write_registry" }, access_level = 30 });
            await api.Post($"{place}/deploy_tokens", new { name = "production", scopes = new[] { "read_registry" } });
        }
        await api.Post("projects/harbour%2Fferry/variables", new { key = "DEPLOY_HOST", value = "quay-1.example" });
        await api.Delete($"projects/{(await api.Post("projects", new { path = "raft", namespace_id = group })).GetProperty("id")}");
        using var project = await CodeProject.Push(Berth, "harbour/ferry", Pipeline, "Add a second deck");
        await project.TakeJob();
        await PushImages($"gitlab-ci-token:{project.JobToken}");
        await project.Trace(Log + "\x1b[0Ksection_end:1770114065:step_script\r\x1b[0K\x1b[32;1mJob succeeded\x1b[0;m\n");
        await project.End();
        await project.TakeJob();
        await project.Trace(Log);
        using (var client = TaggedImage.Client(Berth))
        {
            await TaggedImage.Push(client, "harbour/ferry", "old-1", "old-2");
            foreach (var old in (string[])["old-1", "old-2"])
                (await client.DeleteAsync($"/v2/harbour/ferry/manifests/{old}", TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        }
        var images = await api.Get("projects/harbour%2Fferry/registry/repositories");
        var image = $"/harbour/ferry/-/container_registry/{images.EnumerateArray().Single(one => one.GetProperty("path").GetString() == "harbour/ferry").GetProperty("id")}";
        var tag = await api.Get($"projects/harbour%2Fferry/registry/repositories/{image.Split('/')[^1]}/tags/1.4.0");
        return Addresses(image, tag.GetProperty("digest").GetString()!, project.Job);
    }

    private static List<PageAddress> Addresses(string image, string digest, long job)
    {
        const string Image = "/{project}/-/container_registry/{id:long}";
        return
        [
            new("/", "home", "/"),
            new("/", "home-all", "/?show=all"),
            new("/", "home-nothing-found", "/?name=no-such-name"),
            new("/users/sign_in", "sign-in", "/users/sign_in"),
            new("/-/search", "search", "/-/search?q=ferry"),
            new("/-/search", "search-empty", "/-/search"),
            new("/-/search", "search-nothing-found", "/-/search?q=no-such-thing"),
            new("/-/projects/new", "new-project", "/-/projects/new"),
            new("/groups/new", "new-group", "/groups/new"),
            new("/-/user_settings/profile", "profile", "/-/user_settings/profile"),
            new("/-/user_settings/password", "password", "/-/user_settings/password"),
            new("/-/user_settings/personal_access_tokens", "access-tokens", "/-/user_settings/personal_access_tokens"),
            new("/{project:required}", "group", "/harbour"),
            new("/{project:required}", "group-empty", "/harbour/tugs"),
            new("/{project:required}", "user", "/root"),
            new("/{project:required}", "project", "/harbour/ferry"),
            new("/{project:required}", "project-empty", "/harbour/lighthouse"),
            new("/{project:required}", "not-found", "/harbour/nothing"),
            new("/groups/{group}", "group-by-its-other-address", "/groups/harbour"),
            new("/groups/{group}/-/group_members", "group-members", "/groups/harbour/-/group_members"),
            new("/groups/{group}/-/edit", "group-settings", "/groups/harbour/-/edit"),
            new("/groups/{group}/-/settings/access_tokens", "group-access-tokens", "/groups/harbour/-/settings/access_tokens"),
            new("/groups/{group}/-/settings/deploy_tokens", "group-deploy-tokens", "/groups/harbour/-/settings/deploy_tokens"),
            new("/{project}/-/project_members", "project-members", "/harbour/ferry/-/project_members"),
            new("/{project}/-/edit", "project-settings", "/harbour/ferry/-/edit"),
            new("/{project}/-/settings/access_tokens", "project-access-tokens", "/harbour/ferry/-/settings/access_tokens"),
            new("/{project}/-/settings/deploy_tokens", "project-deploy-tokens", "/harbour/ferry/-/settings/deploy_tokens"),
            new("/{project}/-/ci", "ci", "/harbour/ferry/-/ci"),
            new("/{project}/-/settings/ci_cd", "ci-settings", "/harbour/ferry/-/settings/ci_cd"),
            new("/{project}/-/settings/ci_cd/variables/{key}", "variable", "/harbour/ferry/-/settings/ci_cd/variables/DEPLOY_HOST"),
            new("/{project}/-/usage_quotas", "project-usage", "/harbour/ferry/-/usage_quotas"),
            new("/{project}/-/usage_quotas", "project-usage-empty", "/harbour/lighthouse/-/usage_quotas"),
            new("/groups/{group}/-/usage_quotas", "group-usage", "/groups/harbour/-/usage_quotas"),
            new("/{project}/-/pipelines/new", "new-pipeline", "/harbour/ferry/-/pipelines/new"),
            new("/{project}/-/pipelines", "pipelines", "/harbour/ferry/-/pipelines"),
            new("/{project}/-/pipelines", "pipelines-empty", "/harbour/lighthouse/-/pipelines"),
            new("/{project}/-/pipelines/{id:long}", "pipeline", "/harbour/ferry/-/pipelines/1"),
            new("/{project}/-/jobs/{id:long}", "job-over", $"/harbour/ferry/-/jobs/{job - 1}"),
            new("/{project}/-/jobs/{id:long}", "job", $"/harbour/ferry/-/jobs/{job}"),
            new("/{project}/-/container_registry", "images", "/harbour/ferry/-/container_registry"),
            new("/{project}/-/container_registry", "images-empty", "/harbour/lighthouse/-/container_registry"),
            new(Image, "image", image),
            new(Image, "image-nothing-found", image + "?q=no-such-tag"),
            new(Image + "/tags/{tag}", "tag", image + "/tags/1.4.0"),
            new(Image + "/tags/{tag}", "tag-history", image + "/tags/main?part=history"),
            new(Image + "/tags/{tag}", "tag-platforms", image + "/tags/2.0.0"),
            new(Image + "/manifests/{reference}", "manifest", image + "/manifests/" + digest),
            new(Image + "/compare", "difference", image + "/compare?from=1.3.0&to=1.4.0"),
            new(Image + "/compare", "difference-problem", image + "/compare?from=1.3.0&to=none"),
            new(Image + "/delete_tags", "delete-tags", image + "/delete_tags?tag=1.1.0&tag=main"),
            new(Image + "/delete_by_rule", "delete-by-rule", image + "/delete_by_rule"),
            new(Image + "/delete", "delete-image", image + "/delete"),
            new("/{project}/-/container_registry/deleted", "deleted", "/harbour/ferry/-/container_registry/deleted"),
            new("/{project}/-/container_registry/deleted", "deleted-empty", "/harbour/lighthouse/-/container_registry/deleted"),
            new("/-/deleted_projects", "deleted-projects", "/-/deleted_projects"),
            new("/admin", "admin", "/admin"),
            new("/admin/users", "admin-users", "/admin/users"),
            new("/admin/users/new", "admin-new-user", "/admin/users/new"),
            new("/admin/users/{id:long}", "admin-user", "/admin/users/2"),
            new("/admin/groups", "admin-groups", "/admin/groups"),
            new("/admin/projects", "admin-projects", "/admin/projects"),
            new("/admin/runners", "admin-runners", "/admin/runners"),
            new("/admin/background_jobs", "admin-background-work", "/admin/background_jobs"),
            new("/admin/audit_logs", "admin-audit-events", "/admin/audit_logs"),
            new("/admin/application_settings", "admin-settings", "/admin/application_settings"),
        ];
    }

    private async Task PushImages(string login)
    {
        using var main = new ImagePush(Berth.Url, "harbour/ferry", login);
        var versions = (string[])["1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0"];
        JsonObject? last = null;
        foreach (var (at, version) in versions.Index())
        {
            (string Step, int Bytes)[] steps =
            [
                ("/bin/sh -c #(nop) ADD file:3f1e in / ", 180_000), ("ENV FERRY_PORT=8080", 0), ("RUN /bin/sh -c apt-get update && apt-get install -y --no-install-recommends ca-certificates tzdata # buildkit", 90_000),
                ("COPY dist/ferry /usr/bin/ferry # buildkit", 60_000 + (at * 7_000)), ("USER ferry", 0), ("ENTRYPOINT [\"/usr/bin/ferry\"]", 0),
            ];
            var labels = new JsonObject { ["org.opencontainers.image.version"] = version, ["org.opencontainers.image.source"] = "https://berth.example/harbour/ferry", ["org.opencontainers.image.licenses"] = "MIT" };
            var config = ImagePush.ConfigOf("amd64", steps, labels);
            // Each is 'main' too until the next one.
            foreach (var tag in (string[])[version, "main"])
                last = await main.Push(tag, config, steps.Where(step => step.Bytes > 0).Select(step => step.Bytes), new JsonObject { ["org.opencontainers.image.created"] = "2026-02-03T10:20:30Z" });
            if (version == "1.4.0")
                await Sign(main, last!);
        }
        var arm = await main.Push("arm64", ImagePush.ConfigOf("arm64", [("COPY dist/ferry /usr/bin/ferry", 66_000)]), [66_000]);
        var index = await main.PushIndex("2.0.0", [(last!, "amd64"), (arm, "arm64")]);
        await Sign(main, index);
        using var web = new ImagePush(Berth.Url, "harbour/ferry/web", login);
        await web.Push("latest", ImagePush.ConfigOf("amd64", [("COPY site /srv", 24_000)]), [24_000]);
    }

    private static async Task Sign(ImagePush image, JsonObject subject)
    {
        await image.Attach(subject, "application/vnd.dev.cosign.artifact.sig.v1+json", "application/vnd.dev.cosign.simplesigning.v1+json", """{"critical":{"type":"cosign container image signature"}}""");
        await image.Attach(subject, "application/spdx+json", "application/spdx+json", """{"spdxVersion":"SPDX-2.3","name":"ferry","packages":[{"name":"tzdata","versionInfo":"2026a"}]}""", new JsonObject { ["org.opencontainers.image.title"] = "ferry.spdx.json" });
    }
}
