using System.Collections.Concurrent;
using System.Text.Json;
using Berth.Acceptance.Harness;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Berth.Acceptance.Web;

/// <summary>What holds on every page, in Debian's Chromium. A route that no address is known for fails the first test.</summary>
[Collection(typeof(PageSiteCollection))]
public sealed class EveryPageTests(PageSite site)
{
    /// <summary>Bytes that the browser fetches for a page when it has nothing yet: HTML, style, script and icon.</summary>
    private const int FirstVisit = 100_000;

    /// <summary>The page itself, style, script and icon.</summary>
    private const int FewestFiles = 4;

    private const int Narrow = 375;

    /// <summary>What a page shows, opened up, so that no part of it stays unseen. The menu lies over the page and is opened once, at home.</summary>
    private const string OpenAll = "document.querySelectorAll('details:not(.menu)').forEach(one => one.open = true); document.querySelectorAll('.menu').forEach(one => one.open = location.pathname === '/-/projects/new')";

    /// <summary>WCAG 2.2 at A and AA, and what is good practice beyond; of the dark page only what colours decide is another answer.</summary>
    private const string Everything = "{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], rules: { 'target-size': { enabled: true } } }";

    private const string Colours = "{ runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } }";

    private static readonly ViewportSize Wide = new() { Width = 1280, Height = 900 };
    private static readonly ViewportSize Phone = new() { Width = Narrow, Height = 700 };

    [Fact]
    public void Every_page_has_an_address_that_the_other_tests_look_at()
    {
        var known = site.Pages.Select(page => page.Route).ToHashSet();
        Assert.True(PageAddress.Routes().Count > 20);
        Assert.All(PageAddress.Routes(), route => Assert.Contains(route, known));
    }

    [Fact]
    public async Task Axe_finds_nothing_on_any_page_wide_and_narrow_light_and_dark()
    {
        var axe = new BundledAxeScriptProvider().GetScript();
        // The policy refuses a script that is not ours, also this one.
        var found = await site.LookAtEach(new() { BypassCSP = true, ViewportSize = Wide }, _ => Task.CompletedTask, async (page, address, found) =>
        {
            await page.GotoAsync(address.Url);
            await page.EvaluateAsync(axe);
            await page.EvaluateAsync(OpenAll);
            foreach (var size in (ViewportSize[])[Wide, Phone])
            {
                await page.SetViewportSizeAsync(size.Width, size.Height);
                foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
                {
                    await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
                    var options = scheme == ColorScheme.Light ? Everything : Colours;
                    foreach (var violation in await page.EvaluateAsync<string[]>($"async () => (await axe.run(document, {options})).violations.flatMap(rule => rule.nodes.map(node => rule.id + ': ' + node.html.slice(0, 200) + ' ' + (node.any[0]?.message ?? node.all[0]?.message ?? node.none[0]?.message ?? '')))"))
                        found.Enqueue($"{address.Url} ({size.Width}, {scheme}) {violation}");
                }
            }
        });
        Assert.True(found.Count == 0, $"{found.Count} findings:\n{string.Join('\n', found.Take(100))}");
    }

    [Fact]
    public async Task Every_page_reads_without_script_and_fits_a_narrow_screen()
    {
        var wrong = await site.LookAtEach(new() { JavaScriptEnabled = false, ViewportSize = Phone }, _ => Task.CompletedTask, async (page, address, wrong) =>
        {
            var reply = await page.GotoAsync(address.Url);
            if (reply!.Status != (address.Name is "not-found" or "difference-problem" ? 404 : 200))
                wrong.Enqueue($"{address.Url}: {reply.Status}");
            if (await TooWide(page) is { } what)
                wrong.Enqueue($"{address.Url}: {what}");
            if ((await page.Locator("h1").AllInnerTextsAsync()).Count(text => text.Length > 0) != 1)
                wrong.Enqueue($"{address.Url} has not one heading");
        });
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task A_first_visit_fetches_less_than_100_KB_and_no_page_moves_under_its_reader()
    {
        var wrong = await site.LookAtEach(new() { ViewportSize = Wide }, ForgetAll, async (page, address, wrong) =>
        {
            var replies = new ConcurrentQueue<IResponse>();
            EventHandler<IResponse> note = (_, reply) => replies.Enqueue(reply);
            page.Response += note;
            await page.GotoAsync(address.Url);
            page.Response -= note;
            var bytes = 0;
            foreach (var reply in replies.Where(reply => !reply.Url.Contains("/log", StringComparison.Ordinal) && reply.Ok))
                bytes += (await reply.BodyAsync()).Length;
            if (bytes is 0 or >= FirstVisit || replies.Count < FewestFiles)
                wrong.Enqueue($"{address.Url}: {bytes} bytes in {replies.Count} files");
            // Two frames, so that what the script adds has been laid out.
            await page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
            // The log is put in place as it comes: that is what one looks at there.
            if (await page.EvaluateAsync<double>("window.moved ?? 0") is var moved and > 0 && !address.Name.StartsWith("job", StringComparison.Ordinal))
                wrong.Enqueue($"{address.Url} moves by {moved}");
        });
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task What_strangers_write_runs_nowhere_turns_no_text_around_it_and_breaks_no_page()
    {
        var wrong = new List<string>();
        var shown = 0;
        var before = site.Browser.Complaints.Count;
        await using var berth = await BerthProgram.Start();
        using var api = new RestApi(berth, "root", BerthProgram.RootToken);
        var pages = await HostileContent.Make(berth, api);
        var page = await site.Browser.NewPage(berth.Url, new() { ViewportSize = Phone });
        await PageSite.SignIn(page, "/");
        page.Dialog += (_, dialog) => wrong.Add($"{page.Url}: a dialog says {dialog.Message}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(berth.Url + "/", StringComparison.Ordinal) || request.Url.EndsWith("/x", StringComparison.Ordinal))
                wrong.Add($"{page.Url} fetches {request.Url}");
        };
        foreach (var address in pages)
        {
            var reply = await page.GotoAsync(address.Url);
            if (reply!.Status != (address.Name == "problem" ? 404 : 200))
                wrong.Add($"{address.Url}: {reply.Status}");
            await page.EvaluateAsync(OpenAll);
            if (await page.EvaluateAsync<bool>("window.hacked !== undefined || document.querySelectorAll('main img, main style, main script, main [onerror]').length > 0"))
                wrong.Add($"{address.Url}: markup of a stranger is the page's");
            if (await TooWide(page) is { } what)
                wrong.Add($"{address.Url}: {what}");
            var text = await page.ContentAsync();
            shown += text.Contains(HostileContent.Override, StringComparison.Ordinal) ? 1 : 0;
            foreach (var loose in await page.EvaluateAsync<string[]>(Loose, $"{HostileContent.Override}"))
                wrong.Add($"{address.Url}: not held together: {loose}");
        }
        await page.Context.CloseAsync();
        // The browser says so of a page that is not there.
        wrong.AddRange(site.Browser.Complaints.Skip(before).Where(complaint => !complaint.Contains("404 (Not Found)", StringComparison.Ordinal)));
        Assert.True(shown > 15, $"Only {shown} pages show what a stranger wrote.");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>Each visit is a first one, and notes by how much the page moves.</summary>
    private static async Task ForgetAll(IPage page)
    {
        var browser = await page.Context.NewCDPSessionAsync(page);
        await browser.SendAsync("Network.setCacheDisabled", new Dictionary<string, object> { ["cacheDisabled"] = true });
        await page.AddInitScriptAsync("new PerformanceObserver(list => { for (const one of list.getEntries()) window.moved = (window.moved ?? 0) + one.value; }).observe({ type: 'layout-shift', buffered: true })");
    }

    /// <summary>Texts with a mark that turns what follows, in no element that ends its effect.</summary>
    private const string Loose = """
        mark => {
            const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const one = walker.currentNode;
                if (one.data.includes(mark) && !one.parentElement.closest('bdi, pre, textarea, option, .line, .pre'))
                    found.push(one.parentElement.outerHTML.slice(0, 200));
            }
            return found;
        }
        """;

    /// <summary>What is wider than the screen: it would be cut off, or make the whole page scroll. Null if nothing is.</summary>
    private static async Task<string?> TooWide(IPage page)
    {
        var wide = await page.EvaluateAsync<JsonElement?>($$"""
            () => {
                const screen = document.documentElement;
                const all = [...document.querySelectorAll('body > *, header *, nav, main *')].filter(one => one.getBoundingClientRect().right > {{Narrow}}.5 && !one.closest('.unseen, thead, .skip, pre, .tabs, .log') && getComputedStyle(one).display !== 'none');
                return all.length > 0 ? all[0].outerHTML.slice(0, 200) : screen.scrollWidth > {{Narrow}} ? `the page is ${screen.scrollWidth} wide` : null;
            }
            """);
        return wide?.ToString();
    }
}
