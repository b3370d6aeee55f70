using System.Buffers.Text;
using System.Text;
using Berth.Server.Http;

namespace Berth.Server.Access.Login;

/// <summary>A user name and secret from an Authorization header (RFC 7617).</summary>
internal readonly record struct BasicCredentials(string Username, string Secret)
{
    private const string Scheme = "Basic ";

    public static bool TryParse(string? header, out BasicCredentials credentials)
    {
        credentials = default;
        if (header is null || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || header.Length > RequestLimits.MaxBasicChars)
            return false;
        var encoded = Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim());
        if (Base64.DecodeFromUtf8InPlace(encoded, out var length) != System.Buffers.OperationStatus.Done)
            return false;
        var text = Encoding.UTF8.GetString(encoded, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return false;
        credentials = new BasicCredentials(text[..colon], text[(colon + 1)..]);
        return true;
    }

    /// <summary>Never the secret, whoever prints it.</summary>
    public override string ToString() => $"{Username}:***";
}
