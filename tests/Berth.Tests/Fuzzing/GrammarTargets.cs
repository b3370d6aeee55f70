using System.Numerics;
using System.Text.RegularExpressions;
using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Access.Login;
using Berth.Server.Access.Registry;
using Berth.Server.Http;

namespace Berth.Tests.Fuzzing;

/// <summary>Texts with a grammar, each beside the specification's own: they take the same, print what they took, and throw nothing.</summary>
internal static partial class GrammarTargets
{
    private const string Component = @"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*";

    public static string Digest(string text)
    {
        var taken = Berth.Oci.Digest.TryParse(text, out var digest);
        Assert.Equal(DigestGrammar().IsMatch(text), taken);
        if (!taken)
        {
            Assert.Throws<FormatException>(() => Berth.Oci.Digest.Parse(text));
            return text.Contains(':') ? "refused with a colon" : "refused";
        }
        Assert.Equal(text, digest.ToString());
        Assert.Equal(digest, Berth.Oci.Digest.FromBytes(digest.ToBytes()));
        return digest.Algorithm.ToString();
    }

    public static string RepositoryName(string text)
    {
        var taken = Berth.Oci.RepositoryName.TryParse(text, out var name);
        Assert.Equal(NameGrammar().IsMatch(text) && text.Length <= 255, taken);
        if (!taken)
            return $"refused, {Bits(text.Length)}";
        Assert.Equal(text, name.ToString());
        if (text.Contains('/'))
        {
            // What stands in an address for the name leads back to it.
            Assert.True(RepositoryPath.TryFold($"/v2/{text}/manifests/latest", out var folded));
            Assert.Equal(text, RepositoryPath.Unfold(folded["/v2/".Length..^"/manifests/latest".Length]));
        }
        return $"{text.Count(c => c == '/')} slashes, {Bits(text.Length)}";
    }

    public static string Reference(string text)
    {
        var taken = Berth.Oci.Reference.TryParse(text, out var reference);
        Assert.Equal(TagGrammar().IsMatch(text) || DigestGrammar().IsMatch(text), taken);
        if (!taken)
            return $"refused, {Bits(text.Length)}";
        Assert.Equal(text, reference.ToString());
        Assert.NotEqual(reference.Tag is null, reference.Digest is null);
        Assert.Equal(reference, Berth.Oci.Reference.Parse(text));
        return reference.Tag is null ? "digest" : $"tag, {Bits(text.Length)}";
    }

    /// <summary>The blob's length, a line feed, the header.</summary>
    public static string Range(string text)
    {
        var parts = text.Split('\n', 2);
        var length = parts.Length == 2 && parts[0].Length < 18 && ulong.TryParse(parts[0], out var given) ? (long)given : 1000;
        var header = parts[^1];
        var outcome = ByteRange.Parse(header, length, out var range);
        var wanted = WantedRange(header, length);
        Assert.Equal(wanted.Outcome, outcome);
        if (outcome != RangeOutcome.Part)
            return outcome.ToString();
        Assert.Equal((wanted.First, wanted.Length), (range.Offset, range.Length));
        Assert.True(range.Offset >= 0 && range.Length > 0 && range.Length <= length - range.Offset);
        Assert.Equal($"bytes {wanted.First}-{wanted.First + wanted.Length - 1}/{length}", range.ToContentRange(length));
        return $"part, {Bits(range.Offset)}, {Bits(range.Length)}";
    }

    public static string ContentRange(string text)
    {
        var taken = Berth.Oci.ContentRange.TryParse(text, out var range);
        var match = ContentRangeGrammar().Match(text);
        if (!match.Success)
        {
            Assert.False(taken);
            return "refused";
        }
        var (start, end) = (Number(match, "start"), Number(match, "end"));
        var total = match.Groups["total"] is { Success: true, Value: not "*" } stated ? BigInteger.Parse(stated.Value) : long.MaxValue;
        Assert.Equal(start <= end && end < total && total <= long.MaxValue, taken);
        if (!taken)
            return "refused by its numbers";
        Assert.Equal((start, end, end - start + 1), (range.Start, range.End, range.Length));
        Assert.True(Berth.Oci.ContentRange.TryParse(range.ToString(), out var again));
        Assert.Equal(range, again);
        return $"taken, {Bits(range.Start)}, {Bits(range.Length)}";
    }

    public static string Scope(string text)
    {
        var taken = TokenEndpoints.TryParseScope(text, out var name, out var actions);
        var match = ScopeGrammar().Match(text);
        var known = match.Success && match.Groups["actions"].Value.Split(',').Any(action => action is "pull" or "push" or "delete" or "*");
        Assert.Equal(known && match.Groups["name"].Length <= 255, taken);
        if (!taken)
            return match.Success ? "without a known action" : "refused";
        Assert.Equal(match.Groups["name"].Value, name.ToString());
        Assert.True(TokenEndpoints.TryParseScope($"repository:{name}:{string.Join(',', actions.Words())}", out var sameName, out var sameActions));
        Assert.Equal((name, actions), (sameName, sameActions));
        return actions.ToString();
    }

    public static string Address(string text)
    {
        var path = "/" + text;
        var git = GitPath.TryFold(path, hasService: text.Length % 2 == 0, out var ofGit);
        var page = PagePath.TryFold(path, out var ofPage);
        var image = RepositoryPath.TryFold(path, out var ofImage);
        foreach (var folded in new[] { ofGit, ofPage, ofImage })
        {
            // Slashes become colons, and a colon that was there something that no name holds; all else stays, so nothing passes for a slash.
            Assert.Equal(path.Length, folded.Length);
            for (var i = 0; i < path.Length; i++)
                Assert.True(folded[i] == path[i] || (path[i] == '/' && folded[i] == ':') || (path[i] == ':' && folded[i] == '\uFFFD'));
        }
        return $"{git} {page} {image}";
    }

    public static string Authorization(string text)
    {
        if (!BasicCredentials.TryParse(text, out var basic))
            return "refused";
        Assert.DoesNotContain(':', basic.Username);
        Assert.Equal($"{basic.Username}:***", basic.ToString());
        return $"{Bits(basic.Username.Length)}, {Bits(basic.Secret.Length)}";
    }

    private static (RangeOutcome Outcome, long First, long Length) WantedRange(string header, long length)
    {
        var match = RangeGrammar().Match(header);
        if (!match.Success || (match.Groups["start"].Length == 0 && match.Groups["end"].Length == 0))
            return (RangeOutcome.Whole, 0, 0);
        var end = match.Groups["end"].Length == 0 ? length : Number(match, "end");
        if (match.Groups["start"].Length == 0)
        {
            var taken = BigInteger.Min(end, length);
            return end == 0 ? (RangeOutcome.NotSatisfiable, 0, 0) : length == 0 ? (RangeOutcome.Whole, 0, 0) : (RangeOutcome.Part, (long)(length - taken), (long)taken);
        }
        var start = Number(match, "start");
        if (start >= length || end < start)
            return (RangeOutcome.NotSatisfiable, 0, 0);
        return (RangeOutcome.Part, (long)start, (long)(BigInteger.Min(end, length - 1) - start + 1));
    }

    private static BigInteger Number(Match match, string group) => BigInteger.Parse(match.Groups[group].Value);

    private static int Bits(long number) => 64 - BitOperations.LeadingZeroCount((ulong)number);

    [GeneratedRegex(@"\A(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})\z")]
    private static partial Regex DigestGrammar();

    // distribution-spec 1.1, "Pulling manifests".
    [GeneratedRegex($@"\A{Component}(?:/{Component})*\z")]
    private static partial Regex NameGrammar();

    [GeneratedRegex(@"\A[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}\z")]
    private static partial Regex TagGrammar();

    // RFC 9110, section 14.1.2, one range alone.
    [GeneratedRegex(@"\A[bB][yY][tT][eE][sS]=[ \t]*(?<start>[0-9]*)-(?<end>[0-9]*)[ \t]*\z")]
    private static partial Regex RangeGrammar();

    // distribution-spec 1.1, "Pushing a blob in chunks", and RFC 9110, section 14.4, with or without its total.
    [GeneratedRegex(@"\A(?:(?<start>[0-9]+)-(?<end>[0-9]+)|[bB][yY][tT][eE][sS] (?<start>[0-9]+)-(?<end>[0-9]+)(?:/(?<total>[0-9]+|\*))?)\z")]
    private static partial Regex ContentRangeGrammar();

    // distribution's token specification, for the one type that there is here.
    [GeneratedRegex($@"\Arepository:(?<name>{Component}(?:/{Component})*):(?<actions>[^:]*)\z")]
    private static partial Regex ScopeGrammar();
}
