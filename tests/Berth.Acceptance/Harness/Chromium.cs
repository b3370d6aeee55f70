using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Berth.Acceptance.Harness.Chromium))]

namespace Berth.Acceptance.Harness;

/// <summary>Debian's Chromium without a window, driven by Playwright: one process for all tests, from the first that needs it on.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Flags =
        ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>A browser that knows nothing of what other tests did.</summary>
    public async Task<Browser> Open()
    {
        _playwright ??= await Playwright.CreateAsync();
        _browser ??= await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = Flags });
        return new Browser(_browser);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
