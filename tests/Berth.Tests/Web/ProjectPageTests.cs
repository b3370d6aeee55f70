using System.Net;
using System.Net.Http.Json;
using Berth.Tests.Ci;
using Berth.Tests.Harness;

namespace Berth.Tests.Web;

/// <summary>The pages of projects: who sees which, what they show, and that what users wrote stays text.</summary>
public sealed class ProjectPageTests(TestServer server)
{
    private static readonly string[] Pages = ["", "/-/container_registry", "/-/pipelines", "/-/ci", "/-/pipelines/1", "/-/jobs/1", "/-/jobs/1/raw", "/-/jobs/1/log"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_private_project_is_to_others_as_if_it_were_not_there()
    {
        var owner = await server.NewUser();
        await (await RegistryClient.For(server, owner, $"{owner.Name}/app")).PushImage("latest");
        using var other = await Browser.SignedIn(server, await server.NewUser());
        foreach (var page in Pages)
        {
            var hidden = await other.Page($"/{owner.Name}/app{page}", HttpStatusCode.NotFound);
            var missing = await other.Page($"/{owner.Name}/none{page}", HttpStatusCode.NotFound);
            Assert.Equal(WithoutToken(missing), WithoutToken(hidden));
        }
        using var stranger = new Browser(server);
        foreach (var page in Pages)
        {
            using var reply = await stranger.Get($"/{owner.Name}/app{page}");
            Assert.Equal(HttpStatusCode.Redirect, reply.StatusCode);
        }
    }

    [Fact]
    public async Task A_public_projects_images_are_for_everyone_and_its_pipelines_are_not()
    {
        var owner = await server.NewUser();
        await (await RegistryClient.For(server, owner, $"{owner.Name}/open")).PushImage("v1");
        using var change = await server.Send(HttpMethod.Put, $"/api/v4/projects/{owner.Name}%2Fopen", JsonContent.Create(new { visibility = "public" }), token: owner.Token);
        Assert.Equal(HttpStatusCode.OK, change.StatusCode);
        using var stranger = new Browser(server);
        Assert.Contains("docker pull", await stranger.Page($"/{owner.Name}/open"), StringComparison.Ordinal);
        Assert.Contains($"/{owner.Name}/open<", await stranger.Page($"/{owner.Name}/open/-/container_registry"), StringComparison.Ordinal);
        using var away = await stranger.Get($"/{owner.Name}/open/-/pipelines");
        Assert.Equal(HttpStatusCode.Redirect, away.StatusCode);
        using var other = await Browser.SignedIn(server, await server.NewUser());
        Assert.Contains("needs at least the role Reporter", await other.Page($"/{owner.Name}/open/-/pipelines", HttpStatusCode.Forbidden), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_page_lists_ones_own_projects_and_not_those_of_others()
    {
        var (one, two) = (await server.NewUser(), await server.NewUser());
        await (await RegistryClient.For(server, one, $"{one.Name}/mine")).PushImage("latest");
        await (await RegistryClient.For(server, two, $"{two.Name}/theirs")).PushImage("latest");
        using var browser = await Browser.SignedIn(server, one);
        var html = await browser.Page("/");
        Assert.Contains($"href=\"/{one.Name}/mine\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain(two.Name, html, StringComparison.Ordinal);
        Assert.DoesNotContain($"href=\"/{one.Name}/mine\"", await browser.Page("/?from=zzzz"), StringComparison.Ordinal);
        Assert.Contains($"{one.Name}/mine", await browser.Page("/?from=%00"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_any_project_the_first_page_says_how_to_make_one()
    {
        await using var own = await TestServer.StartOwn();
        var user = await own.NewUser();
        using var browser = await Browser.SignedIn(own, user);
        Assert.Contains($"docker push {new Uri(own.Url).Authority}/{user.Name}/hello", await browser.Page("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tags_come_newest_first_in_pages_that_miss_none()
    {
        var owner = await server.NewUser();
        var client = await RegistryClient.For(server, owner, $"{owner.Name}/many");
        var (_, json) = await client.PushImage("t-000");
        for (var tag = 1; tag < 60; tag++)
        {
            using var reply = await client.PutManifest($"t-{tag:000}", json);
            Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        }
        using var browser = await Browser.SignedIn(server, owner);
        var list = await browser.Page($"/{owner.Name}/many/-/container_registry");
        Assert.Contains("<td class=\"number\">60<", list, StringComparison.Ordinal);
        var seen = new List<string>();
        for (string? next = Between(list, $"name\"><a href=\"/{owner.Name}/many/-/container_registry/", "\"", keep: $"/{owner.Name}/many/-/container_registry/"); next is not null;)
        {
            var html = await browser.Page(next);
            seen.AddRange(Tags(html));
            next = Browser.Next(html);
        }
        Assert.Equal([.. Enumerable.Range(0, 60).Reverse().Select(tag => $"t-{tag:000}")], seen);
    }

    [Fact]
    public async Task An_image_that_a_job_pushed_names_job_pipeline_branch_and_commit()
    {
        using var project = await CiProject.Fresh(server);
        var pipeline = await project.Push("build:\n  script: [make]\n");
        var job = await project.Runner.Take();
        var token = await server.RegistryToken($"gitlab-ci-token:{job.Token}", $"repository:{project.Path}:pull,push");
        await new RegistryClient(server, project.Path, token).PushImage("main");
        using var browser = await Browser.SignedIn(server, project.Owner);
        var list = await browser.Page($"/{project.Path}/-/container_registry");
        foreach (var page in (string[])["", Between(list, $"name\"><a href=\"/{project.Path}/-/container_registry/", "\"", keep: "/-/container_registry/")])
        {
            var html = await browser.Page($"/{project.Path}{page}");
            Assert.Contains($"href=\"/{project.Path}/-/jobs/{job.Id}\"><bdi>build</bdi></a>", html, StringComparison.Ordinal);
            Assert.Contains($"/-/pipelines/{pipeline.GetProperty("id").GetInt64()}\">pipeline #", html, StringComparison.Ordinal);
            Assert.Contains($"title=\"{pipeline.GetProperty("sha").GetString()}\"", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Hostile_names_stay_text_on_every_page()
    {
        const string Hostile = "<img src=x onerror=alert(1)>\"'&";
        using var project = await CiProject.Fresh(server);
        await project.Git.Ok("config", "user.name", Hostile);
        await project.Git.Ok("checkout", "--quiet", "-b", "a<b>\"'&c");
        var pipeline = await project.Push($"stages: ['<i>stage']\n'<b>job\"''':\n  stage: '<i>stage'\n  script: [make]\n", Hostile);
        var job = await project.Runner.Take();
        using var traced = await job.Trace(Hostile + "\n<script>alert(2)</script>");
        using var browser = await Browser.SignedIn(server, project.Owner);
        foreach (var page in (string[])["", "/-/pipelines", $"/-/pipelines/{pipeline.GetProperty("id").GetInt64()}", $"/-/jobs/{job.Id}"])
        {
            var html = await browser.Page($"/{project.Path}{page}");
            Assert.DoesNotContain("<img src=x", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<i>stage", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<b>job", html, StringComparison.Ordinal);
            Assert.DoesNotContain("a<b>", html, StringComparison.Ordinal);
            Assert.Contains("&lt;img src=x onerror=alert(1)&gt;", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_pipeline_file_that_cannot_be_used_says_on_its_page_what_is_wrong()
    {
        using var project = await CiProject.Fresh(server);
        var pipeline = await project.Push("build: [\n");
        using var browser = await Browser.SignedIn(server, project.Owner);
        var html = await browser.Page($"/{project.Path}/-/pipelines/{pipeline.GetProperty("id").GetInt64()}");
        Assert.Contains(".gitlab-ci.yml cannot be used", html, StringComparison.Ordinal);
        Assert.Contains("(line ", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_for_CI_has_this_servers_addresses_and_warns_of_a_loopback_name()
    {
        var owner = await server.NewUser();
        await (await RegistryClient.For(server, owner, $"{owner.Name}/app")).PushImage("latest");
        using var browser = await Browser.SignedIn(server, owner);
        var html = WebUtility.HtmlDecode(await browser.Page($"/{owner.Name}/app/-/ci"));
        Assert.Contains($"url = \"{server.Url}/\"", html, StringComparison.Ordinal);
        Assert.Contains("token = \"TOKEN\"", html, StringComparison.Ordinal);
        Assert.Contains("volumes = [\"/certs/client\", \"/cache\"]", html, StringComparison.Ordinal);
        Assert.Contains("DOCKER_TLS_CERTDIR: \"/certs\"", html, StringComparison.Ordinal);
        Assert.Contains("DOCKER_HOST: tcp://docker:2375", html, StringComparison.Ordinal);
        Assert.Contains($"--insecure-registry={new Uri(server.Url).Authority}", html, StringComparison.Ordinal);
        Assert.Contains("Jobs cannot reach this server yet.", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_page_forbids_frames_and_foreign_or_inline_code_and_is_small()
    {
        using var browser = await Browser.SignedIn(server, await server.NewUser());
        foreach (var path in (string[])["/", "/users/sign_in", "/no/such/page", "/nothing"])
        {
            using var reply = await browser.Get(path);
            var policy = Assert.Single(reply.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(reply.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("same-origin", Assert.Single(reply.Headers.GetValues("Referrer-Policy")));
            Assert.True(reply.Headers.CacheControl!.NoStore);
            var html = await reply.Content.ReadAsStringAsync(Cancel);
            Assert.DoesNotContain(" style=", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<style", html, StringComparison.Ordinal);
            var size = html.Length;
            foreach (var asset in html.Split('"').Where(part => part.StartsWith("/assets/", StringComparison.Ordinal)).Distinct())
            {
                using var file = await browser.Get(asset);
                Assert.Equal(HttpStatusCode.OK, file.StatusCode);
                Assert.Contains("immutable", file.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
                size += (await file.Content.ReadAsByteArrayAsync(Cancel)).Length;
            }
            Assert.InRange(size, 1000, 100_000);
        }
    }

    private static string WithoutToken(string html) => html.Replace(Browser.Hidden(html)[0].Value, "", StringComparison.Ordinal);

    private static List<string> Tags(string html) => [.. html.Split("<th scope=\"row\">").Skip(1).Select(row => Between(row, "<bdi>", "<", keep: ""))];

    private static string Between(string text, string before, string after, string keep)
    {
        var start = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return keep + text[start..text.IndexOf(after, start, StringComparison.Ordinal)];
    }
}
