using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Berth.Server.Http;

/// <summary>The client's address, as the trusted proxies tell it.</summary>
internal static class ClientAddress
{
    /// <summary>An IPv4 address that a dual-stack socket wrapped in IPv6 is IPv4. Null on the socket in the data directory.</summary>
    public static IPAddress? Of(HttpContext context) =>
        context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } wrapped ? wrapped.MapToIPv4() : context.Connection.RemoteIpAddress;

    /// <summary>
    /// What counts as one client: an IPv4 address, or the /64 of an IPv6 one, of which whoever has one has all. Null for the machine
    /// itself, where a proxy that nobody made trusted would stand for everyone (GitLab exempts it too).
    /// </summary>
    public static UInt128? Range(IPAddress? address)
    {
        if (address is null || IPAddress.IsLoopback(address))
            return null;
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        if (!address.TryWriteBytes(bytes, out _))
            return null;
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            bytes[8..].Clear();
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
