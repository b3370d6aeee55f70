using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Runner;

/// <summary>A git repository with one branch, main, as files for <see cref="StandInCoordinator.Repository"/>.</summary>
public sealed class TestRepository : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("berth-repository-").FullName;

    public string GitDirectory => Path.Combine(_directory, ".git");

    public static async Task<TestRepository> Create(params (string Path, string Content)[] files)
    {
        var repository = new TestRepository();
        await repository.Git("init", "-q", "-b", "main");
        await repository.Commit(files);
        return repository;
    }

    /// <returns>The commit's id.</returns>
    public async Task<string> Commit(params (string Path, string Content)[] files)
    {
        foreach (var (path, content) in files)
            await File.WriteAllTextAsync(Path.Combine(_directory, path), content, TestContext.Current.CancellationToken);
        await Git("add", "-A");
        await Git("-c", "user.name=Test", "-c", "user.email=test@example.com", "commit", "-q", "-m", "files");
        return await Head();
    }

    public async Task<string> Head() => (await Git("rev-parse", "HEAD")).Trim();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private async Task<string> Git(params string[] arguments) => (await Command.Run("git", ["-C", _directory, .. arguments])).Succeeded();
}
