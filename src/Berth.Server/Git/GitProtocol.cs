using System.Buffers;

namespace Berth.Server.Git;

/// <summary>The header Git-Protocol, which reaches git as its variable GIT_PROTOCOL: keys and values joined by colons (gitprotocol-v2).</summary>
internal static class GitProtocol
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789=:.-");

    /// <summary>The header's value if it is well formed; anything else is as if there were none.</summary>
    public static string? Parse(string? header) =>
        header is { Length: > 0 and <= GitLimits.MaxProtocolChars } && !header.AsSpan().ContainsAnyExcept(Allowed) ? header : null;

    public static bool IsVersion2(string? protocol) => protocol is not null && protocol.Split(':').Contains("version=2");
}
