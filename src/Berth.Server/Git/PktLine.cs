using System.Globalization;
using System.Text;

namespace Berth.Server.Git;

/// <summary>The frames of git's protocol (gitprotocol-common): four hex digits of length, themselves counted, then the payload.</summary>
internal static class PktLine
{
    public const int LengthBytes = 4;

    /// <summary>The largest that the protocol allows.</summary>
    public const int MaxLength = 65520;

    /// <summary>The flush packet, which ends a section.</summary>
    public static ReadOnlySpan<byte> Flush => "0000"u8;

    /// <summary>The length of a packet with its four digits; 0 for a flush packet, -1 if this is none.</summary>
    public static int ParseLength(ReadOnlySpan<byte> digits)
    {
        if (digits.Length < LengthBytes || !int.TryParse(digits[..LengthBytes], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var length))
            return -1;
        return length is 0 or (>= LengthBytes and <= MaxLength) ? length : -1;
    }

    public static byte[] Encode(string payload)
    {
        var bytes = Encoding.UTF8.GetBytes(payload);
        return [.. Encoding.ASCII.GetBytes((bytes.Length + LengthBytes).ToString("x4", CultureInfo.InvariantCulture)), .. bytes];
    }
}
