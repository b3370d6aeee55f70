namespace Berth.Runner.Configuration;

/// <summary>Makes files that only their owner reads: they hold tokens.</summary>
internal static class PrivateFile
{
    public static void MakeDirectoryOf(string path) =>
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        return new FileStream(path, options);
    }
}
