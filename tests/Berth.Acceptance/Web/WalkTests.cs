using Berth.Acceptance.Harness;
using Microsoft.Playwright;

namespace Berth.Acceptance.Web;

/// <summary>The whole way by pages and real docker, from an empty folder; and as far as it goes with a keyboard alone.</summary>
public sealed class WalkTests(Engine engine, Chromium chromium)
{
    private const string Pipeline = "build:\n  script: [make]\n";

    /// <summary>Presses of Tab after which what is looked for counts as out of reach.</summary>
    private const int MostTabs = 150;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_the_first_start_to_images_that_are_pushed_compared_deleted_and_restored_and_a_log_that_grows()
    {
        await using var berth = await BerthProgram.Start(new Dictionary<string, string> { ["InitialRootPassword"] = "" });
        await using var browser = await chromium.Open();
        using var workstation = new Workstation(engine);
        var page = await browser.NewPage(berth.Url);
        await SignInForTheFirstTime(page);
        await ChooseOwnPassword(page);
        var (registry, image) = await MakePlaces(page);
        var token = await MakeToken(page);
        await Push(workstation, registry, image, token);
        await LookAtImages(page);
        await DeleteAndRestore(page);
        await WatchLog(page, berth);
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task With_a_keyboard_alone_someone_signs_in_makes_a_project_and_a_token_and_finds_a_tag()
    {
        await using var berth = await BerthProgram.Start();
        using (var client = new OciClient(berth.Url, "root/app"))
            await client.PushImage("v1");
        await using var browser = await chromium.Open();
        var page = await browser.NewPage(berth.Url);
        await page.GotoAsync("/");
        await Type(page, page.GetByLabel("User name"), "root");
        await Type(page, page.GetByLabel("Password"), BerthProgram.RootPassword);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("details.menu").WaitForAsync();

        // The first stop leads past what is the same on every page.
        await page.GotoAsync("/");
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the content", await page.EvaluateAsync<string>("document.activeElement.textContent"));
        await Press(page, Link(page, "New project"));
        await Heading(page, "New project");
        await Type(page, page.GetByLabel("Name"), "ferry");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("The project is made").WaitForAsync();

        await Press(page, page.Locator("details.menu summary"));
        await Press(page, Link(page, "Access tokens"));
        await Type(page, page.GetByLabel("Name"), "laptop");
        await Focus(page, page.GetByLabel("read_registry", new() { Exact = true }));
        await page.Keyboard.PressAsync("Space");
        await Press(page, page.GetByRole(AriaRole.Button, new() { Name = "Make the token" }));
        await page.GetByText("glpat-").WaitForAsync();

        await page.GotoAsync("/root/app/-/container_registry");
        await Press(page, page.Locator("tbody th a").First);
        await Press(page, Link(page, "v1"));
        await page.Locator("svg.bar").WaitForAsync();
        await Press(page, page.Locator("details.menu summary"));
        await Press(page, page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }));
        await page.GetByLabel("User name").WaitForAsync();
        Assert.Empty(browser.Complaints);
    }

    private static async Task SignInForTheFirstTime(IPage page)
    {
        await page.GotoAsync("/");
        // The page says where the password is, with the command that shows it.
        var command = await page.GetByText("initial_root_password").First.InnerTextAsync();
        var shown = (await Command.Run("sh", ["-c", command[command.IndexOf("cat ", StringComparison.Ordinal)..]])).Succeeded();
        await page.GetByLabel("User name").FillAsync("root");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(shown.Trim());
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByText("What to do next").WaitForAsync();
        await Link(page, "Choose a password of your own").ClickAsync();
        await page.GetByLabel("Current password").FillAsync(shown.Trim());
    }

    private static async Task ChooseOwnPassword(IPage page)
    {
        await page.GetByLabel("New password", new() { Exact = true }).FillAsync(BerthProgram.RootPassword);
        await page.GetByLabel("New password once more").FillAsync(BerthProgram.RootPassword);
        await page.GetByRole(AriaRole.Button, new() { Name = "Change the password" }).ClickAsync();
        await page.GetByRole(AriaRole.Status).WaitForAsync();
    }

    /// <summary>A group and a project in it; returns what the project's page says of the registry and the image.</summary>
    private static async Task<(string Registry, string Image)> MakePlaces(IPage page)
    {
        await page.GotoAsync("/");
        await Link(page, "New group").ClickAsync();
        await Heading(page, "New group");
        await page.GetByLabel("Path").FillAsync("harbour");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the group" }).ClickAsync();
        await page.GetByText("The group is made").WaitForAsync();
        await Link(page, "New project").ClickAsync();
        await Heading(page, "New project");
        await page.GetByLabel("Name").FillAsync("ferry");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the project" }).ClickAsync();
        await page.GetByText("The project is made").WaitForAsync();
        var commands = (await page.GetByText("docker push").First.InnerTextAsync()).Split('\n');
        return (commands[0].Split(' ')[2], commands[^1].Split(' ')[2]);
    }

    private static async Task<string> MakeToken(IPage page)
    {
        await page.Locator("details.menu summary").ClickAsync();
        await Link(page, "Access tokens").ClickAsync();
        await Heading(page, "Your access tokens");
        await page.GetByLabel("Name").FillAsync("laptop");
        await page.GetByLabel("read_registry", new() { Exact = true }).CheckAsync();
        await page.GetByLabel("write_registry", new() { Exact = true }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the token" }).ClickAsync();
        return (await page.GetByText("glpat-").First.InnerTextAsync()).Trim();
    }

    private static async Task Push(Workstation workstation, string registry, string image, string token)
    {
        var hello = await HelloImage.LayOut(workstation);
        (await workstation.Run($"docker login -u root --password-stdin {registry}", token)).Succeeded();
        (await workstation.Run($"docker build --tag {image}:1.0 {hello.Context} && docker push {image}:1.0")).Succeeded();
        await File.WriteAllTextAsync(Path.Combine(hello.Context, "files/unique"), "another", Cancel);
        (await workstation.Run($"docker build --label version=2 --tag {image}:2.0 {hello.Context} && docker push {image}:2.0")).Succeeded();
        (await workstation.Run($"docker tag {image}:2.0 {image}:latest && docker push {image}:latest && docker rmi {image}:1.0 {image}:2.0 {image}:latest")).Succeeded();
    }

    private static async Task LookAtImages(IPage page)
    {
        await page.GotoAsync("/harbour/ferry");
        await Link(page, "Images").ClickAsync();
        await page.Locator("tbody th a").First.ClickAsync();
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(3);
        await Link(page, "2.0").ClickAsync();
        await page.Locator("svg.bar").WaitForAsync();
        await page.GetByText("COPY").First.WaitForAsync();
        await page.GetByLabel("From", new() { Exact = true }).FillAsync("1.0");
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare" }).ClickAsync();
        await Heading(page, "Difference");
        await page.GetByText("added").First.WaitForAsync();
        await page.GetByText("version").First.WaitForAsync();
    }

    private static async Task DeleteAndRestore(IPage page)
    {
        await page.GotoAsync("/harbour/ferry/-/container_registry");
        await page.Locator("tbody th a").First.ClickAsync();
        await page.GetByLabel("Choose 1.0").CheckAsync();
        await page.GetByLabel("Choose latest").CheckAsync();
        await Delete();
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await page.GetByText("2 tags are back").WaitForAsync();
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(3);
        foreach (var tag in (string[])["1.0", "2.0", "latest"])
            await page.GetByLabel($"Choose {tag}").CheckAsync();
        await Delete();
        await page.GetByText("No tag is left here").WaitForAsync();
        await Link(page, "Tags that can be restored").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Restore all together" }).ClickAsync();
        await page.GetByText("3 tags are back").WaitForAsync();

        async Task Delete()
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Delete the chosen tags" }).ClickAsync();
            await page.GetByLabel("Type").FillAsync(await page.Locator(".typed").InnerTextAsync());
            await page.Keyboard.PressAsync("Enter");
            await page.GetByText("were deleted").WaitForAsync();
        }
    }

    private static async Task WatchLog(IPage page, BerthProgram berth)
    {
        using var code = await CodeProject.Push(berth, "harbour/ferry", Pipeline);
        await code.TakeJob();
        await page.GotoAsync("/harbour/ferry/-/pipelines");
        await Link(page, "#1").ClickAsync();
        await Link(page, "build").ClickAsync();
        await code.Trace("$ make\n");
        await page.Locator("#log").GetByText("$ make").WaitForAsync();
        await code.Trace("and it grows\n");
        await page.Locator("#log").GetByText("and it grows").WaitForAsync();
        await code.End();
        await page.Locator("#head .status.success").WaitForAsync();
    }

    private static ILocator Link(IPage page, string name) => page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).First;

    private static Task Heading(IPage page, string text) => page.GetByRole(AriaRole.Heading, new() { Name = text, Exact = true, Level = 1 }).WaitForAsync();

    private static async Task Press(IPage page, ILocator target)
    {
        await Focus(page, target);
        await page.Keyboard.PressAsync("Enter");
    }

    private static async Task Type(IPage page, ILocator field, string text)
    {
        await Focus(page, field);
        await page.Keyboard.TypeAsync(text);
    }

    /// <summary>Goes there by Tab.</summary>
    private static async Task Focus(IPage page, ILocator target)
    {
        await target.WaitForAsync();
        // Found once: what it is called is looked up anew by each question to it.
        var element = await target.ElementHandleAsync();
        for (var pressed = 0; pressed < MostTabs; pressed++)
        {
            if (await element.EvaluateAsync<bool>("one => one === document.activeElement"))
                return;
            await page.Keyboard.PressAsync("Tab");
        }
        Assert.Fail($"{target} is out of reach of the keyboard on {page.Url}");
    }
}
