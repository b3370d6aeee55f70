using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Berth.Load;

/// <summary>
/// HEAD of one address over and over. wrk cannot: it waits for the body that Content-Length announces. A thread and a blocking
/// socket for each client, and one request written once, so that this side costs two system calls.
/// </summary>
internal static class HeadScenario
{
    private const int BufferBytes = 8 * 1024;

    public static async Task<LoadResult> Run(RegistryClient registry, string path, LoadShape load, CancellationToken cancellationToken)
    {
        var address = registry.Address(path);
        var authorization = await registry.Authorization() is { } value ? $"Authorization: {value}\r\n" : "";
        var request = Encoding.ASCII.GetBytes($"HEAD {address.PathAndQuery} HTTP/1.1\r\nHost: {address.Authority}\r\n{authorization}\r\n");
        var started = Stopwatch.GetTimestamp();
        var clients = await Task.WhenAll(Enumerable.Range(0, load.Clients).Select(_ =>
            Task.Factory.StartNew(() => Client(address, request, load, started), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        return new LoadResult("head", load.Clients, 0, Stopwatch.GetElapsedTime(started), [.. clients.SelectMany(each => each).Order()]);
    }

    private static List<double> Client(Uri address, byte[] request, LoadShape load, long started)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(address.Host, address.Port);
        var buffer = new byte[BufferBytes];
        var taken = new List<double>();
        while (load.Duration is { } limit ? Stopwatch.GetElapsedTime(started) < limit : taken.Count < load.Count)
        {
            var start = Stopwatch.GetTimestamp();
            socket.Send(request);
            Receive(socket, buffer, address);
            taken.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return taken;
    }

    /// <summary>An answer to HEAD ends with its headers.</summary>
    private static void Receive(Socket socket, byte[] buffer, Uri address)
    {
        var filled = 0;
        do
        {
            var read = socket.Receive(buffer.AsSpan(filled));
            if (read == 0)
                throw new HttpRequestException($"HEAD {address}: the connection ended");
            filled += read;
        }
        while (!buffer.AsSpan(0, filled).EndsWith("\r\n\r\n"u8));
        if (!buffer.AsSpan(0, filled).StartsWith("HTTP/1.1 200 "u8))
            throw new HttpRequestException($"HEAD {address} answered {Encoding.ASCII.GetString(buffer, 0, filled)}");
    }
}
