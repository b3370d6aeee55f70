namespace Berth.Tests.Harness;

/// <summary>
/// Files in git that say what the program is now, so that a change of it is read before it is merged. UPDATE_SNAPSHOTS=1 writes
/// them anew.
/// </summary>
internal static class Snapshot
{
    public static readonly bool Renews = Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1";

    /// <summary>Fails the test unless the file holds this text.</summary>
    /// <param name="path">From the root of the checkout.</param>
    /// <param name="text">What the file has to hold.</param>
    public static void Matches(string path, string text)
    {
        var file = Checkout.File(path);
        if (Renews)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
            return;
        }
        var held = File.Exists(file) ? File.ReadAllText(file) : "";
        if (held == text)
            return;
        var (was, now) = (held.Split('\n'), text.Split('\n'));
        var line = was.Zip(now).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.Fail($"""
            {path} is not what the program says now. They differ from line {line + 1} on:
              in the file: {was.ElementAtOrDefault(line) ?? "(end)"}
              now:         {now.ElementAtOrDefault(line) ?? "(end)"}
            If the change is meant, write the file anew and commit it:
              UPDATE_SNAPSHOTS=1 dotnet tests/Berth.Tests/bin/Release/net10.0/Berth.Tests.dll -class "{TestContext.Current.TestClass?.TestClassName}"
            """);
    }
}
