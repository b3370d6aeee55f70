using System.Net.Sockets;

namespace Berth.Acceptance.Runner;

/// <summary>A socket through which an engine is reached, and that can be closed as if the engine had ended.</summary>
public sealed class EngineDoor : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("berth-door-").FullName;
    private string _engine = "";
    private Socket? _listener;
    private Task _serving = Task.CompletedTask;

    public string DockerHost => $"unix://{SocketPath}";

    private string SocketPath => Path.Combine(_directory, "docker.sock");

    /// <param name="dockerHost">The engine's own.</param>
    public void Open(string dockerHost)
    {
        _engine = dockerHost["unix://".Length..];
        Open();
    }

    public void Open()
    {
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen();
        _serving = Serve(_listener);
    }

    /// <summary>Whoever comes is refused from now on; who is through stays so.</summary>
    public void Close()
    {
        _listener?.Dispose();
        File.Delete(SocketPath);
    }

    public async ValueTask DisposeAsync()
    {
        Close();
        await _serving;
        Directory.Delete(_directory, recursive: true);
    }

    private async Task Serve(Socket listener)
    {
        try
        {
            while (true)
                _ = Connect(await listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The door was closed.
        }
    }

    private async Task Connect(Socket client)
    {
        using var inner = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (client)
        {
            try
            {
                await inner.ConnectAsync(new UnixDomainSocketEndPoint(_engine));
                await Task.WhenAll(Copy(client, inner), Copy(inner, client));
            }
            catch (SocketException)
            {
                // One side is gone.
            }
        }
    }

    private static async Task Copy(Socket from, Socket to)
    {
        var buffer = new byte[32 * 1024];
        int read;
        while ((read = await from.ReceiveAsync(buffer)) > 0)
            await to.SendAsync(buffer.AsMemory(0, read));
        // A script's input ends so, while its output goes on.
        to.Shutdown(SocketShutdown.Send);
    }
}
