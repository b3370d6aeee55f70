using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Berth.Benchmarks;

/// <summary>One connection that sends one request again and again and allocates nothing: so what is counted is the server's.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _request;
    private readonly byte[] _answer = new byte[64 * 1024];
    private readonly int _answerLength;

    /// <param name="server">The server.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="path">Of what is there, and whose answer is as long each time.</param>
    public RawClient(RunningServer server, HttpMethod method, string path)
    {
        _socket.Connect(server.Url.Host, server.Url.Port);
        _request = Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: {server.Url.Authority}\r\nAuthorization: Bearer {server.Token}\r\n\r\n");
        _socket.Send(_request);
        var received = 0;
        int end;
        while ((end = _answer.AsSpan(0, received).IndexOf("\r\n\r\n"u8)) < 0)
            received += _socket.Receive(_answer.AsSpan(received));
        var head = Encoding.ASCII.GetString(_answer, 0, end);
        if (!head.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal))
            throw new InvalidOperationException(head);
        _answerLength = end + "\r\n\r\n".Length + (method == HttpMethod.Head ? 0 : ContentLength(head));
        Receive(received);
    }

    public void Send()
    {
        _socket.Send(_request);
        Receive(0);
    }

    public void Dispose() => _socket.Dispose();

    private static int ContentLength(string head)
    {
        const string name = "\r\nContent-Length: ";
        var value = head[(head.IndexOf(name, StringComparison.OrdinalIgnoreCase) + name.Length)..];
        return int.Parse(value.Split('\r')[0], CultureInfo.InvariantCulture);
    }

    private void Receive(int received)
    {
        while (received < _answerLength)
        {
            var more = _socket.Receive(_answer.AsSpan(received));
            if (more == 0)
                throw new InvalidOperationException("the server closed the connection");
            received += more;
        }
    }
}
