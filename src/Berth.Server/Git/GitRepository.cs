using System.Globalization;
using System.Text;
using Berth.Server.Storage;

namespace Berth.Server.Git;

/// <summary>One bare repository: what the server itself reads from it and sets in it. Names and revisions reach git over its standard input, never as options.</summary>
internal sealed class GitRepository(long projectId, string path)
{
    /// <summary>The largest commit object that is read: message and signature; git itself has no limit.</summary>
    private const int MaxCommitBytes = 1024 * 1024;

    private const string BranchPrefix = "refs/heads/";

    public long ProjectId => projectId;

    /// <summary>Full path.</summary>
    public string Path => path;

    /// <summary>Makes an empty repository in an empty directory.</summary>
    public static async Task Initialize(string directory) =>
        await Run(directory, "init", "--quiet", "--bare", "--initial-branch=main", "--template=", ".");

    /// <summary>The commit that a branch, tag, full ref or object id stands for, as 40 hex digits; null if there is none.</summary>
    public async Task<string?> Resolve(string revision, CancellationToken cancellationToken) =>
        revision.Length == 0 || revision.StartsWith('-')
            ? null
            : await OpenObject($"{revision}^{{commit}}", cancellationToken) is { } found ? await CloseAndName(found) : null;

    /// <summary>A file at a commit, to be streamed and disposed; null if there is none, or if it is a folder.</summary>
    /// <param name="commit">40 hex digits.</param>
    /// <param name="file">Its path from the root.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<GitObject?> OpenFile(string commit, string file, CancellationToken cancellationToken)
    {
        if (!IsObjectId(commit) || file.Length == 0 || await OpenObject($"{commit}:{file}", cancellationToken) is not { } found)
            return null;
        if (found.Type == "blob")
            return found;
        await found.DisposeAsync();
        return null;
    }

    /// <summary>What a commit says of itself; null if there is no such commit.</summary>
    public async Task<GitCommit?> FindCommit(string commit, CancellationToken cancellationToken)
    {
        if (!IsObjectId(commit))
            return null;
        await using var found = await OpenObject(commit, cancellationToken);
        return found is { Type: "commit", Size: <= MaxCommitBytes }
            ? GitCommit.Parse(commit, await found.ReadBytes(MaxCommitBytes, cancellationToken))
            : null;
    }

    /// <summary>What refs of the given names point at; those that are not there are left out.</summary>
    public async Task<Dictionary<string, string>> Refs(IReadOnlySet<string> names, CancellationToken cancellationToken)
    {
        await using var git = Start("for-each-ref", "--format=%(objectname) %(refname)");
        git.Input.Close();
        using var reader = new StreamReader(git.Output, Encoding.UTF8);
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && names.Contains(line[(space + 1)..]))
                found[line[(space + 1)..]] = line[..space];
        }
        await Check(git, "for-each-ref");
        return found;
    }

    /// <summary>The short names of the branches and tags that changed last.</summary>
    public async Task<List<string>> NewestRefs(int most, CancellationToken cancellationToken)
    {
        await using var git = Start("for-each-ref", $"--count={most}", "--sort=-creatordate", "--format=%(refname:lstrip=2)", "refs/heads", "refs/tags");
        git.Input.Close();
        using var reader = new StreamReader(git.Output, Encoding.UTF8);
        var names = new List<string>();
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
            names.Add(line);
        await Check(git, "for-each-ref");
        return names;
    }

    public async Task SetHead(string branch)
    {
        await Run(path, "symbolic-ref", "HEAD", BranchPrefix + branch);
        Posix.SyncDirectory(path);
    }

    /// <summary>Sets a ref of the server's own, such as refs/pipelines/1, which keeps its commit alive and can be fetched.</summary>
    public async Task SetRef(string name, string commit)
    {
        if (!IsObjectId(commit))
            throw new ArgumentException($"'{commit}' is no object id.", nameof(commit));
        await Run(path, "update-ref", name, commit);
        SyncRefs([name]);
    }

    public async Task DeleteRef(string name)
    {
        await Run(path, "update-ref", "-d", name);
        SyncRefs([name]);
    }

    public int CountPacks() => Directory.EnumerateFiles(System.IO.Path.Combine(path, "objects", "pack"), "*.pack").Count();

    /// <summary>Makes one pack of all; takes minutes for large repositories, while they are read and pushed to.</summary>
    public async Task Pack(CancellationToken cancellationToken)
    {
        await using var git = GitProcess.Start(path, ["gc", "--quiet"], GitConfiguration.Pack(path));
        await using var ended = cancellationToken.Register(git.Kill);
        git.Input.Close();
        await git.Output.CopyToAsync(Stream.Null, CancellationToken.None);
        var (code, error) = await git.Exit();
        cancellationToken.ThrowIfCancellationRequested();
        if (code != 0)
            throw new InvalidOperationException($"git gc failed: {error}");
    }

    /// <summary>Makes moved refs and received packs survive a power loss: git syncs its files, but not the names it renames them to.</summary>
    public void SyncRefs(IEnumerable<string> names)
    {
        var directories = new HashSet<string>(StringComparer.Ordinal) { path, System.IO.Path.Combine(path, "refs"), System.IO.Path.Combine(path, "objects"), System.IO.Path.Combine(path, "objects", "pack") };
        foreach (var name in names)
        {
            for (var slash = name.LastIndexOf('/'); slash > 0; slash = name.LastIndexOf('/', slash - 1))
            {
                if (!directories.Add(System.IO.Path.Combine(path, name[..slash])))
                    break;
            }
        }
        foreach (var directory in directories)
        {
            try
            {
                Posix.SyncDirectory(directory);
            }
            catch (IOException) when (!Directory.Exists(directory))
            {
                // Folders of deleted refs go away; their parents are in the set.
            }
        }
    }

    /// <summary>Whether a text is a whole object id: 40 hex digits, or 64 of SHA-256.</summary>
    public static bool IsObjectId(string text) => text.Length is 40 or 64 && !text.AsSpan().ContainsAnyExcept("0123456789abcdef");

    /// <summary>Finds an object by git's words for it; the caller disposes it.</summary>
    private async Task<GitObject?> OpenObject(string name, CancellationToken cancellationToken)
    {
        // A line each is one question; a name that holds a line end would be two.
        if (name.AsSpan().ContainsAny('\n', '\0'))
            return null;
        var git = Start("cat-file", "--batch");
        try
        {
            await git.Input.WriteAsync(Encoding.UTF8.GetBytes(name + "\n"), cancellationToken);
            git.Input.Close();
            var words = (await ReadLine(git.Output, cancellationToken)).Split(' ');
            if (words.Length == 3 && IsObjectId(words[0]) && long.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var size))
                return new GitObject(git, words[0], words[1], size);
        }
        catch
        {
            await git.DisposeAsync();
            throw;
        }
        await git.DisposeAsync();
        return null;
    }

    private static async Task<string> CloseAndName(GitObject found)
    {
        await using (found)
            return found.Id;
    }

    /// <summary>Byte by byte, so that nothing of the content behind the line is taken.</summary>
    private static async Task<string> ReadLine(Stream stream, CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (line.Count < GitLimits.BufferBytes && await stream.ReadAsync(one, cancellationToken) == 1 && one[0] != '\n')
            line.Add(one[0]);
        return Encoding.UTF8.GetString([.. line]);
    }

    private GitProcess Start(params IEnumerable<string> arguments) => GitProcess.Start(path, arguments, GitConfiguration.Own(path));

    private static async Task Run(string directory, params IEnumerable<string> arguments)
    {
        await using var git = GitProcess.Start(directory, arguments, GitConfiguration.Own(directory));
        git.Input.Close();
        await git.Output.CopyToAsync(Stream.Null);
        await Check(git, string.Join(' ', arguments));
    }

    private static async Task Check(GitProcess git, string what)
    {
        if (await git.Exit() is (not 0, var error))
            throw new InvalidOperationException($"git {what} failed: {error}");
    }
}
