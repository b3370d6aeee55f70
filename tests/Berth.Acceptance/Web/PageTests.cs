using Berth.Acceptance.Harness;
using Microsoft.Playwright;

namespace Berth.Acceptance.Web;

/// <summary>The pages in Debian's Chromium: from signing in to a log that grows, as people go.</summary>
public sealed class PageTests(Chromium chromium)
{
    private const string Log = "\x1b[0Ksection_start:1700000000:step_script\r\x1b[0K\x1b[36;1mExecuting the script\x1b[0;m\n\x1b[32m$ make\x1b[0m\n<b>not bold</b>\n";

    [Fact]
    public async Task Someone_signs_in_looks_at_a_project_and_its_images_and_watches_a_log_grow()
    {
        await using var berth = await BerthProgram.Start();
        using var workplace = await CodeProject.Push(berth, "root/app", "build:\n  script: [make]\n");
        await workplace.TakeJob();
        await using var browser = await chromium.Open();
        var page = await browser.NewPage(berth.Url);

        await PageSite.SignIn(page, "/root/app");
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
        Assert.Empty(browser.Complaints);
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
        await using var browser = await chromium.Open();
        foreach (var script in (bool[])[true, false])
        {
            var page = await browser.NewPage(berth.Url, new() { JavaScriptEnabled = script });
            await PageSite.SignIn(page, "/root/app/-/container_registry");
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
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Someone_makes_a_group_a_project_and_a_token_and_moves_about_without_loading_a_page_anew()
    {
        await using var berth = await BerthProgram.Start();
        await using var browser = await chromium.Open();
        var page = await browser.NewPage(berth.Url);
        await PageSite.SignIn(page, "/");
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
        Assert.Empty(browser.Complaints);
    }
}
