namespace Berth.Runner.Engine;

/// <summary>
/// Under what host names a service is reached: its image's name without registry port, tag and digest, slashes once as <c>__</c>
/// and once as <c>-</c>, and its aliases.
/// </summary>
internal static class ServiceNames
{
    public static IReadOnlyList<string> Of(string image, string? alias)
    {
        var name = image;
        if (name.IndexOf('@') is >= 0 and var at)
            name = name[..at];
        if (name.LastIndexOf(':') is var tag && tag > name.LastIndexOf('/'))
            name = name[..tag];
        var slash = name.IndexOf('/');
        if (slash > 0 && name.IndexOf(':') is >= 0 and var port && port < slash)
            name = name[..port] + name[slash..];
        var names = new List<string> { name.Replace("/", "__", StringComparison.Ordinal), name.Replace('/', '-') };
        names.AddRange((alias ?? "").Split([' ', ',', '\t'], StringSplitOptions.RemoveEmptyEntries));
        return [.. names.Select(host => host.ToLowerInvariant()).Distinct()];
    }

    /// <summary>The name that may stand in a container's name.</summary>
    public static string Slug(string image) => Of(image, null)[0];
}
