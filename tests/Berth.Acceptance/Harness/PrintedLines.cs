namespace Berth.Acceptance.Harness;

/// <summary>What Berth prints at its start for people to type.</summary>
public static class PrintedLines
{
    /// <summary>The three lines of the first start: login, tag, push.</summary>
    public static string[] ToTry(string output)
    {
        var lines = Below(output, "Try:");
        Assert.Equal(3, lines.Length);
        return lines;
    }

    /// <summary>The lines after which clients trust the CA; <paramref name="clients"/> begins their heading.</summary>
    public static string[] ToTrust(string output, string clients)
    {
        var lines = Below(output, clients);
        Assert.Equal(2, lines.Length);
        return lines;
    }

    /// <summary>The indented lines below a heading, up to an empty one.</summary>
    private static string[] Below(string output, string heading) =>
    [
        .. output.Split('\n')
            .SkipWhile(line => !line.StartsWith(heading, StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => line.StartsWith("  ", StringComparison.Ordinal))
            .Select(line => line.Trim()),
    ];
}
