namespace Berth.Runner.Engine;

/// <summary>
/// The name of an image as people write it: <c>[registry/]path[:tag][@digest]</c>. Without a registry it is of Docker Hub; the
/// first part is a registry if it has a dot or a colon, or is localhost.
/// </summary>
internal sealed record ImageReference(string Registry, string Path, string Tag, string Digest)
{
    public const string DockerHub = "docker.io";

    /// <summary>What pull credentials are looked up by: the registry and the path.</summary>
    public string Location => $"{Registry}/{Path}";

    public static bool TryParse(string text, out ImageReference reference)
    {
        reference = new ImageReference("", "", "", "");
        if (text.Length == 0 || text.Any(char.IsWhiteSpace) || text.Contains('$', StringComparison.Ordinal))
            return false;
        var at = text.IndexOf('@');
        var digest = at < 0 ? "" : text[(at + 1)..];
        var name = at < 0 ? text : text[..at];
        var colon = name.LastIndexOf(':');
        var tag = colon > name.LastIndexOf('/') ? name[(colon + 1)..] : "";
        name = tag.Length > 0 || name.EndsWith(':') ? name[..colon] : name;
        var slash = name.IndexOf('/');
        var first = slash < 0 ? "" : name[..slash];
        var hasRegistry = first.Contains('.') || first.Contains(':') || first == "localhost";
        var registry = hasRegistry ? first.ToLowerInvariant() : DockerHub;
        var path = hasRegistry ? name[(slash + 1)..] : name;
        if (registry is "index.docker.io")
            registry = DockerHub;
        if (registry == DockerHub && !path.Contains('/'))
            path = $"library/{path}";
        reference = new ImageReference(registry, path, tag, digest);
        return path.Length > 0 && !path.StartsWith('/') && !path.EndsWith('/');
    }
}
