using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Berth.Tests.Harness;

/// <summary>One HTTP/1.1 exchange byte by byte: for requests that no HTTP library would send, and for clients that go away.</summary>
internal sealed class RawHttp : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<RawHttp> Connect(TestServer server)
    {
        var raw = new RawHttp();
        await raw._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, new Uri(server.Url).Port), Cancel);
        return raw;
    }

    /// <summary>Sends a request line and headers ('\n' between them; Host and Connection: close are added), and what follows them.</summary>
    public async Task Send(string head, byte[]? body = null)
    {
        var lines = head.ReplaceLineEndings("\r\n").TrimEnd() + "\r\n"
            + (head.Contains("\nHost:", StringComparison.Ordinal) ? "" : "Host: localhost\r\n") + "Connection: close\r\n\r\n";
        await SendBytes([.. Encoding.Latin1.GetBytes(lines), .. body ?? []]);
    }

    public async Task SendBytes(byte[] bytes)
    {
        for (var sent = 0; sent < bytes.Length;)
            sent += await _socket.SendAsync(bytes.AsMemory(sent), Cancel);
    }

    /// <summary>The whole reply, up to the end of the connection.</summary>
    public async Task<RawReply> Receive()
    {
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        try
        {
            int read;
            while ((read = await _socket.ReceiveAsync(buffer.AsMemory(), Cancel)) > 0)
                all.Write(buffer, 0, read);
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset && all.Length > 0)
        {
            // The server did not wait for a body that it would not take.
        }
        var text = Encoding.UTF8.GetString(all.ToArray());
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return new RawReply(text[..end], text[(end + 4)..]);
    }

    /// <summary>Goes away without a goodbye: the peer sees a reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public void Dispose() => _socket.Dispose();
}

internal sealed record RawReply(string Head, string Body)
{
    public int Status => int.Parse(Head.Split(' ')[1]);

    public string StatusLine => Head.Split("\r\n")[0];
}
