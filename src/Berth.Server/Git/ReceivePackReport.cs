using System.Text;

namespace Berth.Server.Git;

/// <summary>git's word on a push (gitprotocol-pack, "Report Status"): which refs moved.</summary>
internal sealed class ReceivePackReport
{
    private readonly HashSet<string> _moved = new(StringComparer.Ordinal);

    private ReceivePackReport()
    {
    }

    public bool Moved(string refName) => _moved.Contains(refName);

    /// <summary>Null if there is no whole report: the client asked for none, or git died before it.</summary>
    public static ReceivePackReport? Parse(ReadOnlySpan<byte> bytes)
    {
        var report = new ReceivePackReport();
        for (var at = 0; PktLine.ParseLength(bytes[at..]) is >= 0 and var length && at + length <= bytes.Length; at += length)
        {
            if (length == 0)
                return at > 0 ? report : null;
            var line = Encoding.UTF8.GetString(bytes[(at + PktLine.LengthBytes)..(at + length)]).TrimEnd('\n');
            if (line.StartsWith("ok ", StringComparison.Ordinal))
                report._moved.Add(line["ok ".Length..]);
        }
        return null;
    }
}
