using System.Net.Sockets;

namespace Berth.Server.Operation;

/// <summary>Asks the server that runs on a data directory, over the socket there.</summary>
internal static class AdminSocket
{
    /// <returns>What it answers, as text.</returns>
    public static async Task<string> Post(DataDirectory data, string path, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(data.AdminSocket), cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var client = new HttpClient(handler);
        using var reply = await client.PostAsync($"http://localhost{path}", null, cancellationToken);
        reply.EnsureSuccessStatusCode();
        return await reply.Content.ReadAsStringAsync(cancellationToken);
    }
}
