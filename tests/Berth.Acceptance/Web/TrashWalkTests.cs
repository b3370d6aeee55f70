using Berth.Acceptance.Harness;
using Microsoft.Playwright;

namespace Berth.Acceptance.Web;

/// <summary>Deleting and restoring in Debian's Chromium, with script and without, on a narrow screen.</summary>
public sealed class TrashWalkTests(Chromium chromium)
{
    private const string Image = "/root/app/-/container_registry/1";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Someone_deletes_two_tags_undoes_it_and_restores_them_from_the_list_on_a_narrow_screen(bool script)
    {
        await using var berth = await BerthProgram.Start();
        using (var client = new OciClient(berth.Url, "root/app"))
        {
            foreach (var tag in (string[])["v1", "v2", "v3"])
                await client.PushImage(tag);
        }
        await using var browser = await chromium.Open();
        var page = await browser.NewPage(berth.Url, new() { JavaScriptEnabled = script, ViewportSize = new() { Width = 375, Height = 700 } });
        await PageSite.SignIn(page, "/");
        await DeleteTwo(page);
        await Button(page, "Undo").ClickAsync();
        await page.GetByText("2 tags are back").WaitForAsync();
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(3);

        await DeleteTwo(page);
        await page.GetByRole(AriaRole.Link, new() { Name = "Deleted tags" }).ClickAsync();
        await Button(page, "Restore all together").WaitForAsync();
        await Fits(page);
        await Button(page, "Restore all together").ClickAsync();
        await page.GetByText("2 tags are back").WaitForAsync();

        await page.GotoAsync(Image + "/delete");
        await Fits(page);
        await page.GetByLabel("Type").FillAsync("root/app");
        await Button(page, "Delete the image").ClickAsync();
        await page.GetByText("No images here").WaitForAsync();
        await Button(page, "Undo").ClickAsync();
        await page.GetByText("Back with all that was in it").WaitForAsync();
        // The page that comes back with a wrong name is one that Chromium tells of.
        Assert.All(browser.Complaints, complaint => Assert.Contains("422", complaint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Someone_deletes_by_a_rule_and_sees_it_end()
    {
        await using var berth = await BerthProgram.Start();
        using (var client = new OciClient(berth.Url, "root/app"))
        {
            foreach (var tag in (string[])["v1", "v2", "latest"])
                await client.PushImage(tag);
        }
        await using var browser = await chromium.Open();
        var page = await browser.NewPage(berth.Url);
        await PageSite.SignIn(page, Image + "/delete_by_rule");
        await page.GetByLabel("Delete tags named").FillAsync(".*");
        await page.GetByLabel("Type").FillAsync("root/app");
        await Button(page, "Delete by this rule").ClickAsync();
        await page.Locator(".status.success").WaitForAsync();
        await page.GetByText("2 of 3 tags").WaitForAsync();
        await Button(page, "Restore all of them").ClickAsync();
        await page.GetByText("2 tags are back").WaitForAsync();
        Assert.Empty(browser.Complaints);
    }

    private static async Task DeleteTwo(IPage page)
    {
        await page.GotoAsync(Image);
        await page.GetByLabel("Choose v1").CheckAsync();
        await page.GetByLabel("Choose v3").CheckAsync();
        await Fits(page);
        await Button(page, "Delete the chosen tags").ClickAsync();
        await page.GetByText("Delete 2 tags?").WaitForAsync();
        await Fits(page);
        await page.GetByLabel("Type").FillAsync("root/ap");
        await Button(page, "Delete 2 tags").ClickAsync();
        await page.GetByText("That is another name").WaitForAsync();
        await page.GetByLabel("Type").FillAsync("root/app");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("were deleted").WaitForAsync();
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await Fits(page);
    }

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name });

    private static async Task Fits(IPage page)
    {
        var wide = await page.Locator("header, nav, main > *").EvaluateAllAsync<int>("all => Math.max(...all.map(one => Math.ceil(one.getBoundingClientRect().right)))");
        Assert.InRange(wide, 1, page.ViewportSize!.Width);
    }
}
