using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Berth.Tests.Harness;

/// <summary>An HTTP/1.1 connection byte by byte: for requests that no HTTP library would send, and for clients that go away.</summary>
internal sealed class RawHttp : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <summary>What has arrived and was not taken yet; a char is a byte.</summary>
    private string _arrived = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="server">The server.</param>
    /// <param name="receiveBuffer">Bytes that the kernel takes for a client that does not read.</param>
    public static async Task<RawHttp> Connect(TestServer server, int? receiveBuffer = null)
    {
        var raw = new RawHttp();
        if (receiveBuffer is { } bytes)
            raw._socket.ReceiveBufferSize = bytes;
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

    /// <summary>Sends text as it is, a char a byte.</summary>
    public Task SendText(string text) => SendBytes(Encoding.Latin1.GetBytes(text));

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

    /// <summary>The next reply by its stated length, the connection left open; null if the server has closed it instead.</summary>
    public async Task<RawReply?> ReceiveNext(bool isHead = false)
    {
        int end;
        while ((end = _arrived.IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
        {
            if (!await Arrive())
                return _arrived.Length == 0 ? null : throw new InvalidDataException($"The connection ended in a reply's head: {_arrived}");
        }
        var reply = new RawReply(_arrived[..end], "");
        _arrived = _arrived[(end + 4)..];
        var length = isHead || reply.Status is < 200 or 204 or 304 ? 0 : int.Parse(reply.Header("Content-Length") ?? throw new InvalidDataException(reply.Head));
        while (_arrived.Length < length)
            Assert.True(await Arrive(), "The connection ended in a reply's body.");
        reply = reply with { Body = _arrived[..length] };
        _arrived = _arrived[length..];
        return reply;
    }

    /// <summary>The replies up to the end of the connection.</summary>
    public async Task<List<RawReply>> ReceiveAll()
    {
        var replies = new List<RawReply>();
        while (await ReceiveNext() is { } reply)
            replies.Add(reply);
        return replies;
    }

    /// <summary>Up to so many bytes of whatever comes; 0 at the end, -1 at a reset.</summary>
    public async Task<int> ReceiveSome(Memory<byte> buffer)
    {
        try
        {
            return await _socket.ReceiveAsync(buffer, Cancel);
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            return -1;
        }
    }

    /// <summary>Whether the server has reset the connection, whatever is left to read.</summary>
    public bool IsReset => _socket.Poll(0, SelectMode.SelectError);

    private async Task<bool> Arrive()
    {
        var buffer = new byte[64 * 1024];
        var read = await ReceiveSome(buffer);
        _arrived += Encoding.Latin1.GetString(buffer, 0, Math.Max(read, 0));
        return read > 0;
    }

    /// <summary>Says that nothing more comes; what the server says can still be read.</summary>
    public void CloseSending() => _socket.Shutdown(SocketShutdown.Send);

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

    /// <summary>The code of the first error in the registry's shape; null if the body is none.</summary>
    public string? Code => Body.StartsWith("{\"errors\"", StringComparison.Ordinal)
        ? JsonDocument.Parse(Body).RootElement.GetProperty("errors")[0].GetProperty("code").GetString()
        : null;

    /// <summary>A header's value; null if it is not there.</summary>
    public string? Header(string name) => Head.Split("\r\n").Skip(1)
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 1)..].Trim()).SingleOrDefault();
}
