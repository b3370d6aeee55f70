namespace Berth.Tests.Harness;

/// <summary>Waits for what the server does after its client has gone, and nothing tells of it.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task True(Func<Task<bool>> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(Limit);
        while (!await condition())
            await timer.WaitForNextTickAsync(late.Token);
    }
}
