using Berth.Acceptance.Harness;
using Microsoft.Playwright;

namespace Berth.Acceptance.Guide;

/// <summary>The guide, followed to the letter: git push, and the image is in the registry.</summary>
[Collection(typeof(GuideCollection))]
public sealed class GuidePipelineTests(GuideSurroundings surroundings, Chromium chromium)
{
    private const string Dockerfile = "FROM busybox\nCOPY hello /hello\nRUN cat /hello && echo built >/built\nCMD [\"cat\", \"/hello\", \"/built\"]\n";

    [Fact]
    public async Task The_guides_files_with_TLS_make_an_image_that_pulls_and_runs()
    {
        await using var site = await GuideSite.Start(surroundings);
        await using var runner = await site.StartRunner(GuideFiles.Config);

        await MakesAnImage(site, GuideFiles.Pipeline, "main", "main");
    }

    [Fact]
    public async Task The_guides_files_without_TLS_make_an_image_that_pulls_and_runs()
    {
        await using var site = await GuideSite.Start(surroundings);
        await using var runner = await site.StartRunner(GuideFiles.ConfigWithoutTls);

        await MakesAnImage(site, GuideFiles.PipelineWithoutTls, "feature/Foo_bar!", "feature-foo-bar");
    }

    [Fact]
    public async Task The_guides_files_make_an_image_in_a_registry_on_a_port_of_its_own()
    {
        await using var site = await GuideSite.Start(surroundings, BerthProgram.FreePort());
        await using var runner = await site.StartRunner(GuideFiles.Config);

        await MakesAnImage(site, GuideFiles.Pipeline, "main", "main");
    }

    private async Task MakesAnImage(GuideSite site, string pipelineFile, string branch, string tag)
    {
        var project = site.Project("myproject");

        var commit = await project.Push(branch, (".gitlab-ci.yml", pipelineFile), ("Dockerfile", Dockerfile), ("hello", "hello from the guide\n"));
        var job = Assert.Single(await project.Jobs(commit)).Value.Succeeded();

        job.Says("Login Succeeded", $"Successfully tagged {project.Image}:{tag}");
        if (pipelineFile == GuideFiles.Pipeline || !await Runner.RunnerSoftware.OfGuide.TriesOnePort())
            Assert.DoesNotContain("probably didn't start properly", job.Log, StringComparison.Ordinal);
        var pipeline = await project.Pipeline(commit);
        Assert.Equal(("success", branch, "push"), (Text(pipeline, "status"), Text(pipeline, "ref"), Text(pipeline, "source")));
        var view = Assert.Single((await project.JobViews(commit)).EnumerateArray());
        Assert.Equal(("build", "build", pipeline.GetProperty("id").GetInt64()), (Text(view, "name"), Text(view, "stage"), view.GetProperty("pipeline").GetProperty("id").GetInt64()));
        await PageNames(site, project, tag, $"pipeline #{pipeline.GetProperty("id").GetInt64()}", $"{branch} · {commit[..8]}");
        await Runs(site, $"{project.Image}:{tag}");
    }

    /// <summary>The page of the project's images, as a person comes to it, says of the tag which job made it of what.</summary>
    private async Task PageNames(GuideSite site, CiProject project, string tag, params string[] origin)
    {
        await using var browser = await chromium.Open();
        var page = await browser.NewPage(site.Berth.Url, new() { IgnoreHTTPSErrors = true });
        await page.GotoAsync($"/{project.Path}/-/container_registry");
        await page.GetByLabel("User name").FillAsync(GuideSite.Owner);
        await page.GetByLabel("Password").FillAsync(GuideSite.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = project.Image, Exact = true }).ClickAsync();
        var row = page.GetByRole(AriaRole.Row).Filter(new() { Has = page.GetByText(tag, new() { Exact = true }) });
        var text = await row.InnerTextAsync();
        Assert.All(origin, words => Assert.Contains(words, text, StringComparison.Ordinal));
        await row.GetByRole(AriaRole.Link, new() { Name = "build", Exact = true }).ClickAsync();
        await page.Locator("#log").GetByText($"Successfully tagged {project.Image}:{tag}").WaitForAsync();
    }

    /// <summary>On the machine of someone who may.</summary>
    private static async Task Runs(GuideSite site, string image)
    {
        using var workstation = new Workstation(site.Engine);
        (await workstation.Run($"docker pull {image}")).FailedWith("denied");
        (await workstation.Run($"docker login -u {GuideSite.Owner} --password-stdin {site.Registry}", GuideSite.Password)).Succeeded();
        (await workstation.Run($"docker pull {image}")).Succeeded();
        Assert.Equal("hello from the guide\nbuilt\n", (await workstation.Run($"docker run --rm {image}")).Succeeded());
        (await workstation.Run($"docker rmi {image}")).Succeeded();
    }

    private static string Text(System.Text.Json.JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
