using System.Text.RegularExpressions;

namespace Berth.Runner.Configuration;

/// <summary>The kinds of token that <c>register</c> takes, told apart by their prefixes.</summary>
internal static partial class RunnerToken
{
    private const int ShortLength = 9;

    /// <summary>True for an authentication token of a runner that exists already, false for a registration token.</summary>
    public static bool IsAuthentication(string token) => token.StartsWith("glrt-", StringComparison.Ordinal);

    /// <summary>The part of a token that may be shown.</summary>
    public static string Short(string token)
    {
        var bare = token[Prefix().Match(token).Length..];
        return bare[..Math.Min(ShortLength, bare.Length)];
    }

    [GeneratedRegex("^(glrt-(t[123]_)?|glrtr-|glcbt-|GR1348941)?", RegexOptions.NonBacktracking)]
    private static partial Regex Prefix();
}
