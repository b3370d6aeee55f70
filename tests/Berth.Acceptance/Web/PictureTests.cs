using System.Text;
using Berth.Acceptance.Harness;
using Microsoft.Playwright;

namespace Berth.Acceptance.Web;

/// <summary>The pictures of docs/pages.md, made anew when TEST_SCREENSHOTS is set.</summary>
[Collection(typeof(PageSiteCollection))]
public sealed class PictureTests(PageSite site)
{
    /// <summary>Pixels; longer pages are cut.</summary>
    private const int Width = 1120, MaxHeight = 900;

    /// <summary>Bytes of all pictures, which everyone who clones fetches.</summary>
    private const long MostBytes = 3_000_000;

    private static readonly string[] AlsoDark = ["home", "project", "image", "tag", "job"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_page_has_its_picture_in_the_documentation()
    {
        var directory = Path.Combine(Checkout.Root, "docs/screenshots");
        if (Environment.GetEnvironmentVariable("TEST_SCREENSHOTS") is { Length: > 0 })
            await Take(directory);
        var pictures = Directory.GetFiles(directory).Select(Path.GetFileNameWithoutExtension).ToHashSet();
        Assert.All(site.Pages, page => Assert.Contains(page.Name, pictures));
        Assert.InRange(Directory.GetFiles(directory).Sum(file => new FileInfo(file).Length), 1, MostBytes);
        var text = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs/pages.md"), Cancel);
        Assert.All(pictures, picture => Assert.Contains($"(screenshots/{picture}.webp)", text, StringComparison.Ordinal));
    }

    private async Task Take(string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (var old in Directory.GetFiles(directory))
            File.Delete(old);
        var list = new StringBuilder("# Pages\n\nEach page of Berth as its tests saw it. `TEST_SCREENSHOTS=1` makes the pictures and this list anew: [CONTRIBUTING.md](../CONTRIBUTING.md).\n");
        var page = await site.NewPage(new() { ViewportSize = new() { Width = Width, Height = 600 }, ReducedMotion = ReducedMotion.Reduce });
        var browser = await page.Context.NewCDPSessionAsync(page);
        foreach (var address in site.Pages)
        {
            await page.GotoAsync(address.Url);
            list.Append($"\n## {await page.TitleAsync()}\n\n`{address.Route}`\n\n![{await page.TitleAsync()}](screenshots/{address.Name}.webp)\n");
            await Write(address.Name, ColorScheme.Light);
            if (AlsoDark.Contains(address.Name))
            {
                list.Append($"\n![{await page.TitleAsync()}, dark](screenshots/{address.Name}-dark.webp)\n");
                await Write(address.Name + "-dark", ColorScheme.Dark);
            }
        }
        await page.Context.CloseAsync();
        await File.WriteAllTextAsync(Path.Combine(Checkout.Root, "docs/pages.md"), list.ToString(), Cancel);

        async Task Write(string name, ColorScheme scheme)
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            var height = Math.Clamp(await page.EvaluateAsync<int>("document.body.scrollHeight"), 500, MaxHeight);
            await page.SetViewportSizeAsync(Width, height);
            // Playwright writes PNG and JPEG alone, three times the size.
            var taken = await browser.SendAsync("Page.captureScreenshot", new Dictionary<string, object> { ["format"] = "webp", ["quality"] = 82 });
            await File.WriteAllBytesAsync(Path.Combine(directory, name + ".webp"), taken!.Value.GetProperty("data").GetBytesFromBase64(), Cancel);
            // For eyes that see no WebP.
            if (Environment.GetEnvironmentVariable("TEST_SCREENSHOTS") is [.., '/'] beside)
                await page.ScreenshotAsync(new() { Path = $"{beside}{name}.png" });
            await page.SetViewportSizeAsync(Width, 600);
        }
    }
}
