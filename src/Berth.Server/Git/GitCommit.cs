using System.Globalization;
using System.Text;

namespace Berth.Server.Git;

/// <summary>A commit's own words (gitformat: commit objects). Times are with the zone that the author's machine had.</summary>
internal sealed record GitCommit(string Id, string Tree, IReadOnlyList<string> Parents, GitSignature Author, GitSignature Committer, string Message)
{
    /// <summary>The first line of the message.</summary>
    public string Title => Message.AsSpan().TrimStart('\n') is var text && text.IndexOf('\n') is >= 0 and var end ? text[..end].ToString() : text.ToString();

    /// <summary>Null if it is no commit; a broken time or zone is taken as 1970 UTC, for old tools wrote such.</summary>
    public static GitCommit? Parse(string id, byte[] content)
    {
        var head = content.AsSpan().IndexOf("\n\n"u8);
        var lines = Decode(head < 0 ? content : content.AsSpan(0, head), Encoding.UTF8).Split('\n');
        // Commits say in what their message is written only where it is not UTF-8.
        var encoding = lines.FirstOrDefault(line => line.StartsWith("encoding ", StringComparison.Ordinal)) is { } named
            && named["encoding ".Length..].Contains("8859-1", StringComparison.Ordinal) ? Encoding.Latin1 : Encoding.UTF8;
        string? Field(string name) => lines.FirstOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal))?[(name.Length + 1)..];
        if (Field("tree") is not { } tree || GitSignature.Parse(Field("author")) is not { } author || GitSignature.Parse(Field("committer")) is not { } committer)
            return null;
        var parents = lines.Where(line => line.StartsWith("parent ", StringComparison.Ordinal)).Select(line => line["parent ".Length..]).ToList();
        return new GitCommit(id, tree, parents, author, committer, head < 0 ? "" : Decode(content.AsSpan(head + 2), encoding));
    }

    private static string Decode(ReadOnlySpan<byte> bytes, Encoding encoding) => encoding.GetString(bytes);
}

/// <summary>Who, and when.</summary>
internal sealed record GitSignature(string Name, string Email, DateTimeOffset At)
{
    /// <summary>'Name &lt;email&gt; seconds zone'.</summary>
    public static GitSignature? Parse(string? line)
    {
        if (line is null)
            return null;
        var (open, close) = (line.IndexOf('<', StringComparison.Ordinal), line.LastIndexOf('>'));
        return open < 0 || close < open ? null : new GitSignature(line[..open].Trim(), line[(open + 1)..close], Time(line[(close + 1)..].Trim()));
    }

    private static DateTimeOffset Time(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0 || !long.TryParse(text[..space], CultureInfo.InvariantCulture, out var seconds) || seconds is < 0 or > 253_402_300_799)
            return DateTimeOffset.UnixEpoch;
        var time = DateTimeOffset.FromUnixTimeSeconds(seconds);
        if (!int.TryParse(text[(space + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var zone))
            return time;
        var minutes = (zone / 100 * 60) + (zone % 100);
        return Math.Abs(minutes) <= 14 * 60 && seconds > 14 * 3600 && seconds < 253_402_200_000 ? time.ToOffset(TimeSpan.FromMinutes(minutes)) : time;
    }
}
