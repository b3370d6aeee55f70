using System.Globalization;
using System.Net;
using System.Text.Unicode;
using Berth.Oci;
using Berth.Server.Access;

namespace Berth.Server.Distribution;

/// <summary>What the log says of a manifest's pull. It writes itself as bytes: a text of it would be some 400 to be collected for each pull.</summary>
internal readonly struct PulledEntry(RepositoryAccess access, Reference reference, Digest digest, long size, IPAddress? address) : IUtf8SpanFormattable
{
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider) => Utf8.TryWrite(
        utf8Destination, provider, $"pulled {access.Name.ToString()} {reference.ToString()} as {digest.ToString()} ({size} bytes) by '{access.Caller.Username}' ({access.Caller.Credential}) from {address}", out bytesWritten);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"pulled {access.Name} {reference} as {digest} ({size} bytes) by '{access.Caller.Username}' ({access.Caller.Credential}) from {address}");
}
