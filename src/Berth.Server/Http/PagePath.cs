namespace Berth.Server.Http;

/// <summary>
/// Folds the slashes of a project's path in the addresses of its pages before routing, as <see cref="RepositoryPath"/> does for
/// images: /GROUP/PROJECT and /GROUP/PROJECT/-/pipelines become /{project} and /{project}/-/pipelines; groups' own likewise.
/// </summary>
internal static class PagePath
{
    private const string Separator = "/-/";
    private const string GroupPrefix = "/groups/";

    public static Task Middleware(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value!;
        var isGit = path.EndsWith("/info/refs", StringComparison.Ordinal) && GitPath.IsService(context.Request.Query["service"]);
        if (!isGit && TryFold(path, out var folded))
            context.Request.Path = new PathString(folded);
        return next(context);
    }

    /// <summary>False if the path is none of a project's pages.</summary>
    public static bool TryFold(string path, out string folded)
    {
        folded = path;
        if (path.StartsWith(GroupPrefix, StringComparison.Ordinal))
            return TryFoldGroup(path, out folded);
        if (IsReserved(path))
            return false;
        var separator = path.IndexOf(Separator, StringComparison.Ordinal);
        var end = separator < 0 ? path.AsSpan().TrimEnd('/').Length : separator;
        if (end < 2 || !path.AsSpan(1, end - 1).ContainsAny('/', ':'))
            return false;
        folded = RepositoryPath.FoldSpan(path, 1, end);
        return true;
    }

    /// <summary>/groups/GROUP/SUBGROUP/-/edit becomes /groups/{group}/-/edit.</summary>
    private static bool TryFoldGroup(string path, out string folded)
    {
        folded = path;
        var separator = path.IndexOf(Separator, GroupPrefix.Length, StringComparison.Ordinal);
        var end = separator < 0 ? path.AsSpan().TrimEnd('/').Length : separator;
        if (end <= GroupPrefix.Length || !path.AsSpan(GroupPrefix.Length..end).ContainsAny('/', ':'))
            return false;
        folded = RepositoryPath.FoldSpan(path, GroupPrefix.Length, end);
        return true;
    }

    /// <summary>First segments that no namespace is called by; git's addresses were folded before, and end with more than a name.</summary>
    private static bool IsReserved(string path)
    {
        var first = path.AsSpan().TrimStart('/');
        var slash = first.IndexOf('/');
        return (slash < 0 ? first : first[..slash]) is "v2" or "jwt" or "api" or "-" or "assets" or ".well-known" or "users" or "groups" or "admin"
            || first.Contains(".git/", StringComparison.Ordinal);
    }
}
