using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Tests.Harness;

/// <summary>Tells on which threads a server counts what it does: on those that wait for sockets, or on the pool's.</summary>
internal sealed class SocketThreads : IDisposable
{
    private readonly Channel<bool> _counted = Channel.CreateUnbounded<bool>();
    private readonly MeterListener _listener = new();

    /// <param name="server">The server.</param>
    /// <param name="counter">The name of a counter that moves in the midst of what is looked at.</param>
    public SocketThreads(TestServer server, string counter)
    {
        var meters = server.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == counter && instrument.Meter.Scope == meters)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, _, _, _) => _counted.Writer.TryWrite(IsCurrent));
        _listener.Start();
    }

    /// <summary>Whether the caller runs on one, by the name that .NET gives them.</summary>
    public static bool IsCurrent => Thread.CurrentThread.Name == ".NET Sockets";

    /// <summary>Waits for the next count: whether it was on a thread that waits for sockets.</summary>
    public async Task<bool> Next() => await _counted.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public void Dispose() => _listener.Dispose();
}
