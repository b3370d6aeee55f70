namespace Berth.Acceptance.Harness;

/// <summary>Paths in this checkout.</summary>
public static class Checkout
{
    public static string Root { get; } = FindRoot();

    /// <summary>The published program, which ./test makes.</summary>
    public static string Berth => Path.Combine(Root, "artifacts/berth/berth");

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
