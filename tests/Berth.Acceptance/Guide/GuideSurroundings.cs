using Berth.Acceptance.Harness;
using Berth.Acceptance.Runner;

namespace Berth.Acceptance.Guide;

/// <summary>
/// What all sites of the guide share: a CA that the jobs' images trust as they trust the public ones, and a mirror of Docker Hub
/// that has these images.
/// </summary>
public sealed class GuideSurroundings(Engine engine) : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("berth-guide-").FullName;
    private HubMirror? _mirror;

    internal Engine Machine => engine;

    public async ValueTask InitializeAsync()
    {
        await engine.MakeJobImages();
        await MakeAuthority();
        _mirror = await HubMirror.Start(engine);
        await File.WriteAllTextAsync(Path.Combine(_directory, "daemon.json"), $$"""{"registry-mirrors": ["{{_mirror.Url}}"]}""", TestContext.Current.CancellationToken);
        await Build("guide-docker", "docker:20.10.16", "");
        // So that the daemon in the job, too, finds the images of Docker Hub.
        await Build("guide-dind", "docker:20.10.16-dind", "COPY daemon.json /etc/docker/daemon.json");
        await Build(Engine.HelperImage, Engine.HelperImage, "");
        if (RunnerSoftware.GitLabHelper is { } helper)
            await MakeGitLabHelper(helper);
        await _mirror.Publish("docker", ("20.10.16", "guide-docker"), ("20.10.16-dind", "guide-dind"));
        await _mirror.Publish("busybox", ("latest", "busybox"));
    }

    /// <summary>A data directory for a Berth whose CA is the one that all trust.</summary>
    internal string NewDataDirectory()
    {
        var data = Directory.CreateTempSubdirectory("berth-").FullName;
        Directory.CreateDirectory(Path.Combine(data, "tls"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var name in (string[])["ca.pem", "ca.key"])
            File.Copy(Path.Combine(_directory, name), Path.Combine(data, "tls", name));
        return data;
    }

    public async ValueTask DisposeAsync()
    {
        if (_mirror is not null)
            await _mirror.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Has Berth make its CA, and keeps that.</summary>
    private async Task MakeAuthority()
    {
        await using var berth = await BerthProgram.StartSelfSigned(engine.Address);
        foreach (var name in (string[])["ca.pem", "ca.key"])
            File.Copy(Path.Combine(berth.DataDirectory, "tls", name), Path.Combine(_directory, name));
    }

    /// <summary>An image of the engine's is taken before any is pulled, so config.toml need not name it.</summary>
    private async Task MakeGitLabHelper(string program)
    {
        await engine.MakeGitLabHelperImage(program);
        await Build(Engine.GitLabHelperImage, Engine.GitLabHelperImage, "");
        foreach (var name in await RunnerSoftware.OfGuide.HelperImages())
            (await engine.Docker("tag", Engine.GitLabHelperImage, name)).Succeeded();
    }

    private async Task Build(string image, string from, string more)
    {
        var file = Path.Combine(_directory, "Dockerfile");
        await File.WriteAllTextAsync(file, $"FROM {from}\nCOPY ca.pem /tmp/ca.pem\nRUN cat /tmp/ca.pem >>/etc/ssl/certs/ca-certificates.crt && rm /tmp/ca.pem\n{more}\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_directory, ".dockerignore"), "ca.key\n", TestContext.Current.CancellationToken);
        (await engine.Docker("build", "-q", "-t", image, _directory)).Succeeded();
    }
}
