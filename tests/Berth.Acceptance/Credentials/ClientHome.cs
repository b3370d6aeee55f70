using System.Net;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Credentials;

/// <summary>One of the clients in a home of its own: how one logs in, pushes something small, pulls and deletes with it over plain HTTP.</summary>
public sealed class ClientHome : IDisposable
{
    private readonly Workstation _workstation;
    private readonly string _client;
    private readonly string _registry;

    /// <summary>The program's path, where it is not Debian 12's.</summary>
    private readonly string _program;

    public ClientHome(Engine engine, string client, string registry)
    {
        (_client, _registry) = (client, registry);
        _program = client is "crane" or "oras" ? NewerClients.Find("forky", client) : client;
        _workstation = new Workstation(engine);
        File.WriteAllText(Path.Combine(_workstation.Home, "file"), Guid.NewGuid().ToString());
    }

    /// <summary>Logs in; with <paramref name="refused"/> it must fail, but with crane, which only notes what was typed.</summary>
    public async Task LogIn((string Username, string Secret)? credential, bool refused = false)
    {
        if (credential is not var (username, secret))
            return;
        var login = await _workstation.Run(_client switch
        {
            "crane" => $"{_program} auth login -u '{username}' --password-stdin {_registry}",
            "oras" => $"{_program} login --plain-http -u '{username}' --password-stdin {_registry}",
            "docker" => $"docker login -u '{username}' --password-stdin {_registry}",
            _ => $"{_client} login --tls-verify=false -u '{username}' --password-stdin {_registry}",
        }, secret);
        if (!refused || _client == "crane")
        {
            login.Succeeded();
            return;
        }
        login.FailedWith();
        // A client that is refused at login keeps nothing, and would go on as nobody: so the credential is laid where it looks.
        var basic = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{username}:{secret}"));
        var config = "{\"auths\":{\"" + _registry + "\":{\"auth\":\"" + basic + "\"}}}";
        Directory.CreateDirectory($"{_workstation.Home}/.docker");
        foreach (var path in new[] { "auth.json", ".docker/config.json" })
            await File.WriteAllTextAsync($"{_workstation.Home}/{path}", config, TestContext.Current.CancellationToken);
    }

    public Task<CommandResult> Push(string image) => _workstation.Run($"cd {_workstation.Home} && " + _client switch
    {
        "crane" => $"tar -cf layer.tar file && {_program} append --insecure --new_layer layer.tar --new_tag {image}",
        "oras" => $"{_program} push --plain-http {image} file",
        "skopeo" => $"skopeo copy --dest-tls-verify=false containers-storage:docker.io/library/busybox docker://{image}",
        "docker" => $"docker tag busybox {image} && docker push {image}; status=$?; docker rmi {image}; exit $status",
        _ => $"podman push --tls-verify=false docker.io/library/busybox {image}",
    });

    public Task<CommandResult> Pull(string image) => _workstation.Run($"cd {_workstation.Home} && " + _client switch
    {
        "crane" => $"{_program} manifest --insecure {image}",
        "oras" => $"{_program} manifest fetch --plain-http {image}",
        "skopeo" => $"skopeo inspect --tls-verify=false docker://{image}",
        "docker" => $"docker pull {image}",
        _ => $"podman pull --tls-verify=false {image}",
    });

    /// <summary>docker and podman delete nothing in a registry.</summary>
    public Task<CommandResult> Delete(string image) => _workstation.Run(_client switch
    {
        "crane" => $"{_program} delete --insecure {image}",
        "oras" => $"{_program} manifest delete --plain-http --force {image}",
        "skopeo" => $"skopeo delete --tls-verify=false docker://{image}",
        _ => throw new InvalidOperationException($"{_client} does not delete."),
    });

    /// <summary>
    /// What it prints when /jwt/auth refuses: the words of the answer, but that skopeo (containers/image 5.23) tells of 403 the status alone.
    /// </summary>
    public string PrintsOf(HttpStatusCode status, string words) => _client == "skopeo" && status == HttpStatusCode.Forbidden
        ? "invalid status code from registry 403 (Forbidden)"
        : words;

    /// <summary>What it prints where its first call, that may not even pull, is a push's: crane and oras begin with HEAD, whose answer has no words.</summary>
    public string PrintsOfHead(string words) => _client is "crane" or "oras" ? "401" : words;

    public void Dispose() => _workstation.Dispose();
}
