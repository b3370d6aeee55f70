namespace Berth.Acceptance.Harness;

/// <summary>The clients that people push and pull with.</summary>
public enum RegistryClient
{
    Docker,
    Podman,
    Skopeo,
}

/// <summary>How bob logs in, pushes busybox and pulls with each of them, over plain HTTP.</summary>
public static class RegistryClients
{
    public static string Name(this RegistryClient client) => client.ToString().ToLowerInvariant();

    public static Task<CommandResult> Login(this RegistryClient client, Workstation workstation, string registry, string secret) =>
        workstation.Run($"{client.Name()} login {(client == RegistryClient.Docker ? "" : "--tls-verify=false")} -u bob --password-stdin {registry}", secret);

    public static Task<CommandResult> Push(this RegistryClient client, Workstation workstation, string image) => workstation.Run(client switch
    {
        RegistryClient.Docker => $"docker tag busybox {image} && docker push {image}; status=$?; docker rmi {image}; exit $status",
        RegistryClient.Podman => $"podman push --tls-verify=false docker.io/library/busybox {image}",
        RegistryClient.Skopeo => $"skopeo copy --dest-tls-verify=false containers-storage:docker.io/library/busybox docker://{image}",
        _ => throw new ArgumentOutOfRangeException(nameof(client)),
    });

    public static Task<CommandResult> Pull(this RegistryClient client, Workstation workstation, string image) => workstation.Run(client switch
    {
        RegistryClient.Docker => $"docker pull {image}",
        RegistryClient.Podman => $"podman pull --tls-verify=false {image}",
        RegistryClient.Skopeo => $"skopeo inspect --tls-verify=false docker://{image}",
        _ => throw new ArgumentOutOfRangeException(nameof(client)),
    });

    /// <summary>
    /// What it prints when /jwt/auth answers 403: docker the answer's words, the others (containers/image 5.23) its status alone.
    /// </summary>
    public static string[] PrintsOf403(this RegistryClient client, params string[] words) =>
        client == RegistryClient.Docker ? words : ["equesting bearer token: invalid status code from registry 403 (Forbidden)"];
}
