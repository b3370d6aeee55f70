using Berth.Server.Access.Places;
using Berth.Server.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.Server.Access.Pages;

/// <summary>How callers who may see a project or group are told where it is now, when they name a path that it left.</summary>
internal static class Redirects
{
    private const string ApiRoot = "/api/v4/";

    /// <summary>Whether what was found by a path has another one now.</summary>
    public static bool HasLeft(string asked, string fullPath) => !asked.Equals(fullPath, StringComparison.OrdinalIgnoreCase);

    /// <summary>Of an image: advice beside the answer (distribution-spec 1.1, "Warnings").</summary>
    public static void Warn(HttpResponse response, string asked, string image) =>
        response.Headers.Append("Warning", $"299 - \"{asked} moved to {image}: pull it by that name, this one ends {RouteAliases.Days} days after the move\"");

    /// <summary>Of the REST API: GitLab's 301 to the same address by number for reads; anything else has to name the new path.</summary>
    /// <param name="context">Whose {id} is a path.</param>
    /// <param name="what">'Project' or 'Group'.</param>
    /// <param name="id">The number.</param>
    /// <param name="fullPath">Where it is now.</param>
    public static Task Api(HttpContext context, string what, long id, string fullPath)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            return ApiError.Write(context.Response, 404, $"404 {what} Not Found - it moved to '{fullPath}'");
        var path = request.Path.Value!;
        var start = path.IndexOf('/', ApiRoot.Length) + 1;
        var end = path.IndexOf('/', start);
        var target = new PathString($"{path[..start]}{id}{(end < 0 ? "" : path[end..])}").ToUriComponent() + request.QueryString.ToUriComponent();
        context.Response.Headers.Location = target;
        return ApiError.Write(context.Response, 301, $"This resource has been moved permanently to {target}");
    }

    /// <summary>Of pages: the same page at the new path, forms included. Not for ever: the old path may be given to something else.</summary>
    public static void Page(HttpContext context, string asked, string now)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        // An address that was written with escapes loses what follows the project.
        var rest = target.StartsWith(asked, StringComparison.Ordinal) ? target[asked.Length..] : "";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Redirect($"{now}{rest}", permanent: false, preserveMethod: !HttpMethods.IsGet(context.Request.Method));
    }
}
