using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Berth.Acceptance.Harness;

/// <summary>The pages of one test, and what they complained of.</summary>
public sealed class Browser(IBrowser program) : IAsyncDisposable
{
    private readonly ConcurrentQueue<IBrowserContext> _contexts = new();
    private readonly ConcurrentQueue<string> _complaints = new();

    /// <summary>What pages wrote to the console as errors: refused by the policy, not found, thrown by a script.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>A page without cookies, with paths below a server's address.</summary>
    public async Task<IPage> NewPage(string url, BrowserNewContextOptions? options = null)
    {
        var context = await program.NewContextAsync(new(options ?? new()) { BaseURL = url });
        _contexts.Enqueue(context);
        var page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                _complaints.Enqueue(message.Text);
        };
        page.PageError += (_, error) => _complaints.Enqueue(error);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var context in _contexts)
            await context.CloseAsync();
    }
}
