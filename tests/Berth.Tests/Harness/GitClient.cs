using System.Diagnostics;
using Berth.Tests.Storage;

namespace Berth.Tests.Harness;

/// <summary>The git program in a directory of its own, with a home of its own: what a user does at a shell.</summary>
internal sealed class GitClient : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public GitClient() => Directory.CreateDirectory(Work);

    /// <summary>Where git runs.</summary>
    public string Work => _directory["work"];

    /// <summary>NAME/PROJECT.git at the server, with a user's name and secret in it; without a user the bare URL.</summary>
    public static string Url(TestServer server, string path, TestUser? user = null, string? secret = null)
    {
        var credentials = user is null ? "" : $"{user.Name}:{Uri.EscapeDataString(secret ?? user.Token)}@";
        return server.Url.Replace("://", "://" + credentials, StringComparison.Ordinal) + $"/{path}";
    }

    /// <summary>A repository with one commit on main, whose origin is a URL.</summary>
    public static async Task<GitClient> WithCommit(string url)
    {
        var client = new GitClient();
        await client.Ok("init", "--quiet", "--initial-branch=main");
        await client.Ok("remote", "add", "origin", url);
        await client.Commit("README.md", "hello\n");
        return client;
    }

    /// <summary>Writes a file and commits it; returns the commit.</summary>
    public async Task<string> Commit(string file, string content, string message = "Change")
    {
        var path = Path.Combine(Work, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);
        await Ok("add", "--all");
        await Ok("commit", "--quiet", "--message", message);
        return await Head();
    }

    public async Task<string> Head() => (await Ok("rev-parse", "HEAD")).Trim();

    /// <summary>Runs git; fails the test unless it ends with 0. Returns its output, both streams.</summary>
    public async Task<string> Ok(params string[] arguments)
    {
        var (code, output) = await Run(arguments);
        Assert.True(code == 0, $"git {string.Join(' ', arguments)}: {output}");
        return output;
    }

    /// <summary>Runs git; fails the test if it ends with 0. Returns its output, both streams.</summary>
    public async Task<string> Fails(params string[] arguments)
    {
        var (code, output) = await Run(arguments);
        Assert.True(code != 0, $"git {string.Join(' ', arguments)} should have failed: {output}");
        return output;
    }

    public async Task<(int Code, string Output)> Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("git") { WorkingDirectory = Work, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        start.Environment["HOME"] = _directory.Path;
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        foreach (var role in (string[])["AUTHOR", "COMMITTER"])
        {
            start.Environment[$"GIT_{role}_NAME"] = "Ada";
            start.Environment[$"GIT_{role}_EMAIL"] = "ada@example.com";
            start.Environment[$"GIT_{role}_DATE"] = "1700000000 +0130";
        }
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await error);
    }

    public void Dispose() => _directory.Dispose();
}
