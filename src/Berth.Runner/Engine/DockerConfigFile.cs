using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Berth.Runner.Engine;

/// <summary>
/// The docker client's config.json: <c>auths</c>, <c>credHelpers</c> and <c>credsStore</c>. Its keys may be host names, host names
/// with a path, or addresses.
/// </summary>
internal sealed class DockerConfigFile
{
    private readonly Dictionary<string, RegistryAuth> _auths = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _helpers = new(StringComparer.OrdinalIgnoreCase);
    private readonly string _store;
    private readonly string _source;

    private DockerConfigFile(JsonElement root, string source)
    {
        _source = source;
        _store = Text(root, "credsStore");
        foreach (var (key, entry) in Members(root, "auths"))
        {
            var (user, password) = Login(entry);
            _auths[Normalize(key)] = new RegistryAuth(Normalize(key), user, password, source) { IdentityToken = Text(entry, "identitytoken") };
        }
        foreach (var (key, entry) in Members(root, "credHelpers"))
            _helpers[Normalize(key)] = entry.GetString() ?? "";
    }

    /// <exception cref="JsonException">It is no such file.</exception>
    public static DockerConfigFile Parse(string json, string source)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new JsonException("it holds no object");
        return new DockerConfigFile(document.RootElement, source);
    }

    /// <summary>The login with the longest path that contains the image.</summary>
    public async Task<RegistryAuth?> Find(ImageReference image, CancellationToken cancellationToken)
    {
        for (var at = image.Location; at.Length > 0; at = at[..Math.Max(0, at.LastIndexOf('/'))])
        {
            if (_helpers.TryGetValue(at, out var helper) && await Ask(helper, at, cancellationToken) is { } helped)
                return helped;
            if (_auths.TryGetValue(at, out var auth) && (auth.Username.Length > 0 || auth.IdentityToken.Length > 0))
                return auth;
        }
        return _store.Length > 0 ? await Ask(_store, image.Registry, cancellationToken) : null;
    }

    /// <summary><c>https://index.docker.io/v1/</c> is docker.io; of other addresses scheme and API version go.</summary>
    public static string Normalize(string key)
    {
        var name = key;
        if (name.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme)
            name = name[(scheme + 3)..];
        name = name.TrimEnd('/');
        foreach (var version in (string[])["/v1", "/v2"])
        {
            if (name.EndsWith(version, StringComparison.Ordinal))
                name = name[..^version.Length];
        }
        return name is "index.docker.io" or "registry-1.docker.io" ? ImageReference.DockerHub : name;
    }

    /// <summary>Runs <c>docker-credential-NAME get</c>, which must be on this machine's PATH.</summary>
    private async Task<RegistryAuth?> Ask(string helper, string location, CancellationToken cancellationToken)
    {
        // Docker Hub is known to the helpers by its old address.
        var server = location == ImageReference.DockerHub ? "https://index.docker.io/v1/" : location;
        var start = new ProcessStartInfo($"docker-credential-{Path.GetFileName(helper)}", ["get"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            await process.StandardInput.WriteAsync(server.AsMemory(), cancellationToken);
            process.StandardInput.Close();
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
                return null;
            using var reply = JsonDocument.Parse(output);
            var (user, secret) = (Text(reply.RootElement, "Username"), Text(reply.RootElement, "Secret"));
            return user == "<token>"
                ? new RegistryAuth(location, "", "", _source) { IdentityToken = secret }
                : new RegistryAuth(location, user, secret, _source);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or JsonException or IOException)
        {
            // Without its helper the login is simply not there, as for the docker client.
            return null;
        }
    }

    private static (string User, string Password) Login(JsonElement entry)
    {
        if (Text(entry, "auth") is { Length: > 0 } encoded)
        {
            var buffer = new byte[encoded.Length];
            if (Convert.TryFromBase64String(encoded, buffer, out var length))
            {
                var pair = Encoding.UTF8.GetString(buffer, 0, length);
                var colon = pair.IndexOf(':');
                if (colon > 0)
                    return (pair[..colon], pair[(colon + 1)..].TrimEnd('\0'));
            }
        }
        return (Text(entry, "username"), Text(entry, "password"));
    }

    private static IEnumerable<(string Key, JsonElement Value)> Members(JsonElement root, string name) =>
        root.TryGetProperty(name, out var members) && members.ValueKind == JsonValueKind.Object
            ? members.EnumerateObject().Select(member => (member.Name, member.Value)) : [];

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
