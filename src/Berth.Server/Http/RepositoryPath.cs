namespace Berth.Server.Http;

/// <summary>
/// Repository names hold slashes, and a route template cannot catch several segments in its middle. So before routing the name in
/// /v2/NAME/… is folded into one segment, and /v2/{name}/manifests/{reference} is an ordinary route.
/// </summary>
internal static class RepositoryPath
{
    private const string Prefix = "/v2/";

    /// <summary>Stands for the slash; no name may hold it.</summary>
    private const char Fold = ':';

    /// <summary>Stands for a ':' that the client wrote, so that it cannot pass for a slash; no name may hold this either.</summary>
    private const char Foreign = '\uFFFD';

    public static Task Middleware(HttpContext context, RequestDelegate next)
    {
        if (TryFold(context.Request.Path.Value!, out var folded))
            context.Request.Path = new PathString(folded);
        return next(context);
    }

    /// <summary>Whether it is the registry that is asked: /v2/ and all below.</summary>
    public static bool IsOf(HttpRequest request) => request.Path.Value!.StartsWith(Prefix, StringComparison.Ordinal);

    public static string Unfold(string segment) => segment.Replace(Fold, '/');

    /// <summary>False if the path is none with a repository name in it, or needs no folding.</summary>
    public static bool TryFold(string path, out string folded)
    {
        folded = path;
        if (!path.StartsWith(Prefix, StringComparison.Ordinal) || NameEnd(path) is not (> 0 and var end))
            return false;
        var name = path.AsSpan(Prefix.Length..end);
        if (!name.ContainsAny('/', Fold))
            return false;
        folded = FoldSpan(path, Prefix.Length, end);
        return true;
    }

    /// <summary>The path with the name that stands from <paramref name="start"/> to <paramref name="end"/> folded.</summary>
    public static string FoldSpan(string path, int start, int end) => string.Create(path.Length, (path, start, end), static (to, from) =>
    {
        from.path.CopyTo(to);
        foreach (ref var c in to[from.start..from.end])
            c = c switch { '/' => Fold, Fold => Foreign, _ => c };
    });

    /// <summary>Where the name ends: read from the path's end, since a name may hold any of the words.</summary>
    private static int NameEnd(string path)
    {
        var last = path.LastIndexOf('/');
        var second = Before(path, last);
        var third = Before(path, second);
        if (Segment(path, second, last) is "manifests" or "referrers")
            return second;
        if (Segment(path, second, last) is "tags" && path.AsSpan(last + 1) is "list")
            return second;
        if (Segment(path, third, second) is "blobs" && Segment(path, second, last) is "uploads")
            return third;
        return Segment(path, second, last) is "blobs" ? second : -1;
    }

    private static int Before(string path, int slash) => slash <= 0 ? -1 : path.LastIndexOf('/', slash - 1);

    private static ReadOnlySpan<char> Segment(string path, int start, int end) => start < Prefix.Length ? [] : path.AsSpan(start + 1, end - start - 1);
}
