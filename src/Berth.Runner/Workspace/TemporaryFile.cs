namespace Berth.Runner.Workspace;

/// <summary>A file without a name, gone when it is closed: archives pass through it instead of memory.</summary>
internal static class TemporaryFile
{
    public static FileStream Create()
    {
        var path = Path.Combine(Path.GetTempPath(), $"berth-runner-{Path.GetRandomFileName()}");
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.Asynchronous);
        File.Delete(path);
        return file;
    }
}
