namespace Berth.Tests.Storage;

/// <summary>A directory of one test's own, removed with it.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("berth-").FullName;

    public string this[string relative] => System.IO.Path.Join(Path, relative);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
