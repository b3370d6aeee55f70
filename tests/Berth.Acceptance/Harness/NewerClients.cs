namespace Berth.Acceptance.Harness;

/// <summary>Programs of Debian's newer releases, which tests/engine/newer-clients.sh unpacks.</summary>
public static class NewerClients
{
    /// <summary>The path of one; where it can't be had the test is skipped and tells why.</summary>
    /// <param name="release">Debian's name of the release that it is from.</param>
    /// <param name="program">Its name.</param>
    public static string Find(string release, string program)
    {
        var tools = Path.Combine(Checkout.Root, ".tools", release);
        var path = Path.Combine(tools, "usr/bin", program);
        if (!File.Exists(path))
            Assert.Skip(File.Exists($"{tools}/{program}.missing")
                ? $"Debian's {release} gave no {program}: {File.ReadAllText($"{tools}/{program}.missing")}"
                : $"{path} is missing: run tests/engine/newer-clients.sh");
        return path;
    }
}
