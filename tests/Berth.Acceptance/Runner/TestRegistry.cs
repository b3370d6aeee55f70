using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Runner;

/// <summary>Debian's docker-registry with one user, on the address that containers reach.</summary>
public sealed class TestRegistry : IAsyncDisposable
{
    public const string User = "registry-user";
    public const string Password = "registry pass'word\"1";

    private readonly string _directory;
    private readonly Process _process;

    private TestRegistry(string host, Process process, string directory) => (Host, _process, _directory) = (host, process, directory);

    /// <summary>What image names begin with.</summary>
    public string Host { get; }

    public static async Task<TestRegistry> Start(string address)
    {
        var directory = Directory.CreateTempSubdirectory("berth-registry-").FullName;
        var port = BerthProgram.FreePort();
        var login = (await Command.Run("htpasswd", ["-Bbn", "-C", "5", User, Password])).Succeeded().Trim();
        await File.WriteAllTextAsync(Path.Combine(directory, "htpasswd"), login + "\n", TestContext.Current.CancellationToken);
        var config = Path.Combine(directory, "config.yml");
        await File.WriteAllTextAsync(config, $$"""
            version: 0.1
            log:
              level: error
            storage:
              filesystem:
                rootdirectory: {{directory}}/data
            auth:
              htpasswd:
                realm: test
                path: {{directory}}/htpasswd
            http:
              addr: '{{address}}:{{port}}'
            """, TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo("docker-registry", ["serve", config]) { RedirectStandardError = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        for (var attempt = 0; ; attempt++)
        {
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync(IPAddress.Parse(address), port, TestContext.Current.CancellationToken);
                return new TestRegistry($"{address}:{port}", process, directory);
            }
            catch (SocketException) when (attempt < 200)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
    }

    /// <summary>Pushes an image of the engine under a name in this registry, by a docker client with a login of its own.</summary>
    public async Task Push(JobEngine engine, string image, string name)
    {
        (await engine.Docker("tag", image, $"{Host}/{name}")).Succeeded();
        (await Command.Run("/usr/bin/docker", ["--host", engine.Host, "--config", _directory, "login", "-u", User, "--password-stdin", Host], input: Password)).Succeeded();
        (await Command.Run("/usr/bin/docker", ["--host", engine.Host, "--config", _directory, "push", $"{Host}/{name}"])).Succeeded();
        (await engine.Docker("rmi", $"{Host}/{name}")).Succeeded();
    }

    /// <summary>Pulls and runs an image on the engine, with the login.</summary>
    public async Task<string> PullAndRun(JobEngine engine, string name)
    {
        (await Command.Run("/usr/bin/docker", ["--host", engine.Host, "--config", _directory, "pull", $"{Host}/{name}"])).Succeeded();
        var output = (await engine.Docker("run", "--rm", $"{Host}/{name}")).Succeeded();
        (await engine.Docker("rmi", $"{Host}/{name}")).Succeeded();
        return output;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
