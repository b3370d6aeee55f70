namespace Berth.Tests.Harness;

/// <summary>Files of this checkout.</summary>
internal static class Checkout
{
    public static string Root { get; } = FindRoot();

    /// <param name="path">From the root of the checkout.</param>
    public static string File(string path) => Path.Combine(Root, path);

    private static string FindRoot()
    {
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (System.IO.File.Exists(Path.Combine(directory, "Berth.slnx")))
                return directory;
        }
        throw new InvalidOperationException("The tests are not in a checkout of Berth.");
    }
}
