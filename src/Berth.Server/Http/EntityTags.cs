using Berth.Oci;
using Microsoft.Extensions.Primitives;

namespace Berth.Server.Http;

/// <summary>Conditions of requests on entity tags (RFC 9110, section 13.1). Ours are strong: the digest in quotes.</summary>
internal static class EntityTags
{
    private const string WeakPrefix = "W/";

    public static string Of(Digest digest) => $"\"{digest}\"";

    /// <summary>Whether If-None-Match names the tag; weakly, since proxies that compress weaken ours.</summary>
    public static bool Match(StringValues ifNoneMatch, ReadOnlySpan<char> tag) => Match(ifNoneMatch, tag, weakly: true);

    /// <summary>Whether If-Match names the tag; a weak one never does.</summary>
    public static bool MatchStrongly(StringValues ifMatch, ReadOnlySpan<char> tag) => Match(ifMatch, tag, weakly: false);

    /// <summary>The Range header; empty if its If-Range is about another content.</summary>
    public static string RangeOf(HttpRequest request, string tag) =>
        request.Headers.IfRange.Count == 0 || request.Headers.IfRange == tag ? request.Headers.Range.ToString() : "";

    private static bool Match(StringValues header, ReadOnlySpan<char> tag, bool weakly)
    {
        foreach (var line in header)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                var one = line.AsSpan(range).Trim();
                if (one is "*")
                    return true;
                if (weakly && one.StartsWith(WeakPrefix, StringComparison.Ordinal))
                    one = one[WeakPrefix.Length..];
                if (one.SequenceEqual(tag))
                    return true;
            }
        }
        return false;
    }
}
