namespace Berth.Acceptance.Harness;

/// <summary>Paths in this checkout.</summary>
public static class Checkout
{
    public static string Root { get; } = FindRoot();

    /// <summary>The published program, which ./test makes.</summary>
    public static string Berth => Path.Combine(Root, "artifacts/berth/berth");

    /// <summary>Copies what git tracks, as it stands, into a new folder below <paramref name="parent"/>, and returns that.</summary>
    public static async Task<string> Copy(string parent)
    {
        var copy = Path.Combine(parent, "checkout");
        Directory.CreateDirectory(copy);
        (await Command.Run("sh", ["-c", $"git -C '{Root}' ls-files -z | tar -C '{Root}' --null -T - -cf - | tar -C '{copy}' -xf -"])).Succeeded();
        return copy;
    }

    private static string FindRoot()
    {
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (File.Exists(Path.Combine(directory, "Berth.slnx")))
                return directory;
        }
        throw new InvalidOperationException("The tests are not in a checkout of Berth.");
    }
}
