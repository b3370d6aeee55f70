namespace Berth.Server.Http;

/// <summary>
/// Gives the REST API's answers GitLab's Content-Type to the letter: application/json, without the framework's charset. python-gitlab
/// (3.12) compares the whole header and takes anything else for no JSON.
/// </summary>
internal static class ApiContentType
{
    private const string Json = "application/json";

    public static Task Middleware(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
            context.Response.OnStarting(TakeCharsetAway, context.Response);
        return next(context);
    }

    private static Task TakeCharsetAway(object state)
    {
        var response = (HttpResponse)state;
        if (response.ContentType == Json + "; charset=utf-8")
            response.ContentType = Json;
        return Task.CompletedTask;
    }
}
