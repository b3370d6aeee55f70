using System.Net;

namespace Berth.Server.Http;

/// <summary>The client's address, as the trusted proxies tell it.</summary>
internal static class ClientAddress
{
    /// <summary>An IPv4 address that a dual-stack socket wrapped in IPv6 is IPv4. Null on the socket in the data directory.</summary>
    public static IPAddress? Of(HttpContext context) =>
        context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } wrapped ? wrapped.MapToIPv4() : context.Connection.RemoteIpAddress;
}
