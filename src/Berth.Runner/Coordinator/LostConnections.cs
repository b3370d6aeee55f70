using System.Net.Sockets;

namespace Berth.Runner.Coordinator;

/// <summary>
/// Makes one failure of every lost connection. A peer that resets a connection as it is made leaves .NET asking a socket for its
/// address that has none any more, and that failure comes out as it is, beside the <see cref="HttpRequestException"/> of all others.
/// </summary>
internal sealed class LostConnections(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (SocketException lost)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, lost.Message, lost);
        }
    }
}
