namespace Berth.Server.Http;

/// <summary>
/// Folds the slashes of NAMESPACE/PROJECT in git's URLs before routing, as <see cref="RepositoryPath"/> does for images, so that
/// /{project}.git/info/refs is an ordinary route.
/// </summary>
internal static class GitPath
{
    private const string Ending = ".git";

    public static Task Middleware(HttpContext context, RequestDelegate next)
    {
        if (TryFold(context.Request.Path.Value!, IsService(context.Request.Query["service"]), out var folded))
            context.Request.Path = new PathString(folded);
        return next(context);
    }

    /// <summary>Whether a query's service is one of git's two.</summary>
    public static bool IsService(string? service) => service is "git-upload-pack" or "git-receive-pack";

    /// <summary>False if the path is none of git's, or needs no folding.</summary>
    /// <param name="path">The request's path.</param>
    /// <param name="hasService">The query names a service: then info/refs is git's even without the ending .git.</param>
    /// <param name="folded">The path to route by.</param>
    public static bool TryFold(string path, bool hasService, out string folded)
    {
        folded = path;
        if (IsOurs(path) || NameEnd(path, hasService) is not (> 1 and var end) || !path.AsSpan(1, end - 1).ContainsAny('/', ':'))
            return false;
        folded = RepositoryPath.FoldSpan(path, 1, end);
        return true;
    }

    /// <summary>Prefixes under which names have meanings of their own; no namespace has such a name.</summary>
    private static bool IsOurs(string path) => path.StartsWith("/v2/", StringComparison.Ordinal)
        || path.StartsWith("/api/", StringComparison.Ordinal) || path.StartsWith("/-/", StringComparison.Ordinal);

    /// <summary>Where the name, its .git included, ends: read from the path's end, since a project may be called 'info' or 'objects'.</summary>
    private static int NameEnd(string path, bool hasService)
    {
        foreach (var tail in (ReadOnlySpan<string>)["/info/refs", "/git-upload-pack", "/git-receive-pack", "/HEAD"])
        {
            if (path.EndsWith(tail, StringComparison.Ordinal))
            {
                var end = path.Length - tail.Length;
                return path.AsSpan(0, end).EndsWith(Ending, StringComparison.Ordinal) || (hasService && tail == "/info/refs") ? end : -1;
            }
        }
        var objects = path.LastIndexOf(Ending + "/objects/", StringComparison.Ordinal);
        return objects < 0 ? -1 : objects + Ending.Length;
    }
}
