using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Database;
using Berth.Server.Storage;

namespace Berth.Server.Git;

/// <summary>
/// The bare repositories on disk, <c>&lt;project id&gt;.git</c> in Git__Directory. One is made when it is first asked for, in a
/// directory of another name that is then renamed: it is there whole or not at all.
/// </summary>
internal sealed class GitRepositories(BerthSettings settings, MetadataDatabase database)
{
    private readonly string _root = settings.GitDirectory ?? Path.Combine(settings.DataDirectory, "git");

    /// <summary>The repository that an access opens.</summary>
    public Task<GitRepository> Open(GitAccess access) => Open(access.ProjectId);

    /// <summary>A project's repository for the server's own work, which no caller asked for: settling, pipelines.</summary>
    public async Task<GitRepository> Open(long projectId)
    {
        var path = Path.Combine(_root, $"{projectId}.git");
        if (!File.Exists(Path.Combine(path, "HEAD")))
            await Make(path);
        return new GitRepository(projectId, path);
    }

    /// <summary>The branch that HEAD names; null before the first push of a branch.</summary>
    public async Task<string?> DefaultBranch(long projectId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenRead(cancellationToken);
        return await connection.QueryFirstOrDefault<string>(GitQueries.DefaultBranch, new { projectId }, cancellationToken);
    }

    /// <summary>Makes a just pushed branch the default one, if there is none yet.</summary>
    /// <param name="repository">Where.</param>
    /// <param name="branches">The branches that came to be, without refs/heads/; of several, main or master goes first.</param>
    public async Task EnsureDefaultBranch(GitRepository repository, IReadOnlyList<string> branches)
    {
        if (branches.Count == 0 || await DefaultBranch(repository.ProjectId, CancellationToken.None) is not null)
            return;
        var branch = branches.FirstOrDefault(name => name == "main") ?? branches.FirstOrDefault(name => name == "master") ?? branches[0];
        // HEAD before the row: after a crash between, the next push does both again.
        await repository.SetHead(branch);
        await database.Write(transaction => transaction.Execute(GitQueries.SetDefaultBranch, new { projectId = repository.ProjectId, branch }));
    }

    private async Task Make(string path)
    {
        Directory.CreateDirectory(_root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var half = Path.Combine(_root, $"new-{Guid.NewGuid():N}");
        Directory.CreateDirectory(half);
        try
        {
            await GitRepository.Initialize(half);
            SyncTree(half);
            Posix.Rename(half, path);
            Posix.SyncDirectory(_root);
        }
        catch (IOException) when (File.Exists(Path.Combine(path, "HEAD")))
        {
            // Another request made it in the meantime.
        }
        finally
        {
            if (Directory.Exists(half))
                Directory.Delete(half, recursive: true);
        }
    }

    /// <summary>git syncs objects and refs (core.fsync), but not the files of a new repository.</summary>
    private static void SyncTree(string directory)
    {
        foreach (var path in Directory.EnumerateFiles(directory))
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(file);
        }
        foreach (var inner in Directory.EnumerateDirectories(directory))
            SyncTree(inner);
        Posix.SyncDirectory(directory);
    }
}
