using System.Net;
using System.Net.Sockets;
using Berth.Runner.Coordinator;

namespace Berth.Tests.Runner;

/// <summary>A coordinator whose machine resets each connection as soon as it is made, as one that is just going down does.</summary>
public sealed class ResettingCoordinatorTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public ResettingCoordinatorTests() => _listener.Start();

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Every_request_fails_as_one_that_may_be_tried_again()
    {
        var resetting = ResetAll();
        var runner = new RunnerIdentity("glrt-tests", "r_0123456789ab");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var request = 0; request < 100; request++)
            {
                // A client of its own has no connection yet.
                using var client = new CoordinatorClient($"http://{_listener.LocalEndpoint}");
                await Assert.ThrowsAsync<CoordinatorException>(() => client.Verify(runner, TestContext.Current.CancellationToken));
            }
        }));

        _listener.Stop();
        await resetting;
    }

    private async Task ResetAll()
    {
        try
        {
            while (true)
            {
                using var connection = await _listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
                connection.LingerState = new LingerOption(true, 0);
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // The listener was stopped, while it waited or before it was asked to.
        }
    }
}
